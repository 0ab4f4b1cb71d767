// Hot path. The class of a request in a waiting room, read from the field that the document names: 0 for the most important.
import { fieldValue } from '../http/field-text.ts';
import type { PriorityRules } from './rules.ts';

/** Without the field, or with anything but the number of a class, a request is of the last one. */
export function requestPriority(fields: string, { header, limits }: PriorityRules): number {
  const value = fieldValue(fields, header);
  const last = limits.length - 1;
  if (value === undefined || value.length !== 1) return last;
  const priority = value.charCodeAt(0) - 48;
  return priority >= 0 && priority < last ? priority : last;
}
