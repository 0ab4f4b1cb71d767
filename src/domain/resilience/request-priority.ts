// Hot path. The class of a request, read from the field that the document names: 0 for the most important.
import { fieldValue } from '../http/field-text.ts';
import type { PriorityRules } from './rules.ts';

/** In a waiting room. */
export const requestPriority = (fields: string, { header, limits }: PriorityRules): number => requestClass(fields, header, limits.length);

/** Of at most ten. Without the field, or with anything but the number of a class, a request is of the last one. */
export function requestClass(fields: string, header: string, classes: number): number {
  const value = fieldValue(fields, header);
  const last = classes - 1;
  if (value === undefined || value.length !== 1) return last;
  const priority = value.charCodeAt(0) - 48;
  return priority >= 0 && priority < last ? priority : last;
}
