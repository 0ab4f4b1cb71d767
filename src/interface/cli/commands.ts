// Every command, one line each. The command line, its help and the reference read this list.
export { apply } from './commands/apply.ts';
export { check } from './commands/check.ts';
export { history } from './commands/history.ts';
export { importCommand } from './commands/import.ts';
export { plan } from './commands/plan.ts';
export { quick } from './commands/quick.ts';
export { reload } from './commands/reload.ts';
export { rollback } from './commands/rollback.ts';
export { run } from './commands/run.ts';
export { schema } from './commands/schema.ts';
export { version } from './commands/version.ts';
