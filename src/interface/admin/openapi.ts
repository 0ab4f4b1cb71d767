// The OpenAPI document of the admin server (version 3.1.1), made from the list of operations: what each takes and answers is described with it.
import * as z from 'zod';
import { settingsSchema } from '../../control-plane/configuration/schema/json-schema.ts';
import { answersOf } from './common-answers.ts';
import type { AnyOperation } from './operation.ts';
import { writtenName, writtenSchemas } from './schemas/written.ts';

type Json = Readonly<Record<string, unknown>>;

/** By name, as `operations.ts` exports them. */
export function openApiDocument(operations: Readonly<Record<string, AnyOperation>>, version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(name, operation) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Evenkeel admin API', version, description },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ token: [] }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: tokens } },
      schemas: writtenComponents(),
    },
  };
}

const description = 'What `docs/admin-api.md` tells. HEAD is answered wherever GET is.';
const tags = {
  document: 'What is in force as it is written, part by part, and changes of it.',
  changes: 'The file read anew, plans, guarded changes, and versions of before.',
  state: 'What goes on: endpoints with their health and load, and events.',
  watching: 'For what watches the program.',
} as const;

function tagOf(path: string): keyof typeof tags {
  const [, root, , part = ''] = path.split('/');
  if (root !== 'api' || part === 'openapi.json') return 'watching';
  if (part === 'config') return 'document';
  return ['reload', 'plan', 'apply', 'history', 'rollback'].includes(part) ? 'changes' : 'state';
}

const tokens = 'One of `admin.tokens`. Where the document has none, nobody is asked: then only this machine can reach the admin server.';

function operationObject(operationId: string, operation: AnyOperation): Json {
  const { summary, isOpen, body } = operation;
  return {
    operationId,
    tags: [tagOf(operation.path)],
    summary,
    ...(isOpen === true ? { security: [] } : {}),
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: bodySchema(body) } } } }),
    responses: Object.fromEntries(
      Object.entries(answersOf(operation)).map(([status, answer]) => [
        status,
        {
          description: answer.description,
          ...headersOf(operation, status),
          content: contentOf(answer.schema, status === '200' && operation.streams === true),
        },
      ]),
    ),
  };
}

const text = { type: 'string' };
const etag = {
  ETag: { description: 'Of the document that is in force.', required: true, schema: { ...text, examples: ['"12-9f31c2aa"'] } },
};
const challenge = { 'WWW-Authenticate': { description: 'RFC 6750.', required: true, schema: text } };
const pause = { 'Retry-After': { description: 'Seconds.', required: true, schema: text } };

function headersOf({ isTagged, answers }: AnyOperation, status: string): Json {
  if (isTagged === true && ['200', '201', '412'].includes(status)) return { headers: etag };
  if (status === '401') return { headers: challenge };
  return status === '503' && isTagged === true && Object.hasOwn(answers, 503) ? { headers: pause } : {};
}

function parametersOf({ path, query = {}, headers = {} }: AnyOperation): readonly Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const described = (place: string, schemas: Readonly<Record<string, z.ZodType>>): readonly Json[] =>
    Object.entries(schemas).map(([name, schema]) => ({ name, in: place, required: false, schema: answerSchema(schema) }));
  // OpenAPI leaves `Accept` to the types of answers.
  const { accept: _, ...fields } = headers;
  return [...inPath, ...described('query', query), ...described('header', fields)];
}

function contentOf(schema: z.ZodType, streams: boolean): Json {
  const type = schema instanceof z.ZodString ? 'text/plain' : 'application/json';
  const stream = streams ? { 'text/event-stream': { schema: { type: 'string' } } } : {};
  return { [type]: { schema: answerSchema(schema) }, ...stream };
}

/** Of what is read: as descriptions of settings are, where they are some. */
const bodySchema = (schema: z.ZodType): Json =>
  writtenName(schema) === undefined && isOfSettings(schema) ? settingsSchema(schema) : answerSchema(schema);

/** A section refuses keys that it does not know by a check of its own. */
const isOfSettings = (schema: z.ZodType): boolean => schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodCustom;

/** Parts of the document stand in one place, and are named everywhere else. */
function answerSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // zod gives the core of its own descriptions.
      const name = writtenName(zodSchema as unknown as z.ZodType);
      if (name === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = `#/components/schemas/${name}`;
    },
  });
  return json;
}

function writtenComponents(): Json {
  const schemas: Record<string, unknown> = {};
  for (const [name, { schema, inPath }] of writtenSchemas) {
    const { $defs, ...json } = settingsSchema(schema);
    const moved = (value: unknown): unknown => withNewPlace(value, name);
    for (const [inner, definition] of Object.entries($defs ?? {})) schemas[`${name}.${inner}`] = moved(definition);
    schemas[name] = inPath === undefined ? moved(json) : withoutRequired(moved(json), inPath);
  }
  return schemas;
}

/** Definitions inside of a schema would be looked for at the top of the whole document. */
function withNewPlace(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withNewPlace(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isReference = key === '$ref' && typeof inner === 'string';
      return [key, isReference ? inner.replace('#/$defs/', `#/components/schemas/${name}.`) : withNewPlace(inner, name)];
    }),
  );
}

function withoutRequired(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutRequired(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'required' && Array.isArray(inner)) return [key, inner.filter((each) => each !== name)];
      return [key, key === 'anyOf' ? withoutRequired(inner, name) : inner];
    }),
  );
}
