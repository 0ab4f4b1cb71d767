// Short ways to write a section of settings.
import * as z from 'zod';

/** `true` is short for a section with nothing in it. */
export const orTrue = <Of extends z.ZodType>(described: Of) =>
  z.preprocess((input: true | z.input<Of>) => (input === true ? {} : input), described);
