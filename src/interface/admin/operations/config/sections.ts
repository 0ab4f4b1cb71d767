// Sections of the document that stand for themselves.
import { putAnswers, resource } from '../../configuring/resource.ts';
import { writtenOverload, writtenShutdown } from '../../schemas/written.ts';

const overload = resource({
  path: '/api/v1/config/overload',
  what: 'overload',
  schema: writtenOverload,
  steps: () => ['overload'],
  answers: putAnswers.outer,
});
export const readOverloadConfig = overload.read;
export const putOverloadConfig = overload.put;
export const removeOverloadConfig = overload.remove;

const shutdown = resource({
  path: '/api/v1/config/shutdown',
  what: 'shutdown',
  schema: writtenShutdown,
  steps: () => ['shutdown'],
  answers: putAnswers.outer,
});
export const readShutdownConfig = shutdown.read;
export const putShutdownConfig = shutdown.put;
export const removeShutdownConfig = shutdown.remove;
