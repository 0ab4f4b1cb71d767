// Listeners of the document, and the routes of each.
import * as z from 'zod';
import { putAnswers, resource } from '../../configuring/resource.ts';
import { writtenListener, writtenRoute } from '../../schemas/written.ts';

const listeners = resource({
  path: '/api/v1/config/listeners/{listener}',
  what: 'listener',
  schema: writtenListener,
  steps: ({ listener }) => ['listeners', listener],
  answers: putAnswers.outer,
  notes: {
    read: '`{listener}` is its name, or its address where it has none.',
    remove: 'It stops to listen; what is begun ends in peace.',
  },
});
export const readListenerConfig = listeners.read;
export const putListenerConfig = listeners.put;
export const removeListenerConfig = listeners.remove;

// A listener needs some, so they are not taken away.
const routes = resource({
  path: '/api/v1/config/listeners/{listener}/routes',
  what: 'list of routes',
  schema: z.array(writtenRoute),
  steps: ({ listener }) => ['listeners', listener, 'routes'],
  answers: putAnswers.fixed,
  notes: { put: 'A listener with `pool` has none: put the listener. The first that matches wins, so they are put as a whole.' },
});
export const readRoutesConfig = routes.read;
export const putRoutesConfig = routes.put;
