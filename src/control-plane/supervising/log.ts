// Where the supervisor and the admin server say what an operator should hear of. `console` fits it.

export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}
