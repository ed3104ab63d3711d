import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readSpec } from '../specs.ts';
import { isObject, toObject, toObjects, type Json } from './json.ts';

interface Loaded {
  ajv: Ajv2020;
  paths: Json;
}

let loaded: Loaded | null | undefined;
const compiled = new Map<string, ValidateFunction | null>();

/** Reads the platform's description once per process; schemas are compiled when first needed. */
function load(): Loaded | null {
  if (loaded === undefined) {
    const document = readSpec('discord-openapi.json');
    if (isObject(document)) {
      const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
      ajv.addSchema(document, 'discord');
      loaded = { ajv, paths: toObject(document['paths']) };
    } else {
      loaded = null;
    }
  }
  return loaded;
}

/** Whether Discord's own API description is there to check against. */
export function hasOpenApi(): boolean {
  return load() !== null;
}

function schemaFor(pointer: string[]): ValidateFunction | null {
  const key = pointer.join(' ');
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const validate = compile(pointer);
  compiled.set(key, validate);
  return validate;
}

function compile(pointer: string[]): ValidateFunction | null {
  const spec = load();
  if (spec === null) return null;
  let node: unknown = spec.paths;
  for (const part of pointer) node = toObject(node)[part];
  if (!isObject(node)) return null;
  const path = ['paths', ...pointer]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  return spec.ajv.compile({ $ref: `discord#/${path}` });
}

function explain(validate: ValidateFunction): string {
  return (validate.errors ?? [])
    .slice(0, 3)
    .map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`)
    .join('; ');
}

/** What the description says against a request's body; `null` when nothing, or when it is silent. */
export function findRequestFault(method: string, template: string, body: unknown): string | null {
  const content = 'application/json';
  const validate = schemaFor([
    template,
    method.toLowerCase(),
    'requestBody',
    'content',
    content,
    'schema',
  ]);
  if (validate === null || validate(unifyNumbers(template, body))) return null;
  return explain(validate);
}

/** What the description says against an answer of ours; the fake must not be laxer than it. */
export function findResponseFault(
  method: string,
  template: string,
  status: number,
  body: unknown,
): string | null {
  const spec = load();
  if (spec === null || status >= 400) return null;
  const operation = toObject(toObject(spec.paths[template])[method.toLowerCase()]);
  const responses = toObject(operation['responses']);
  if (operation['responses'] === undefined) return null;
  if (!(String(status) in responses)) return `${method} ${template} never answers ${status}`;
  if (body === undefined) return null;
  const validate = schemaFor([
    template,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ]);
  if (validate === null || validate(body)) return null;
  return `${method} ${template} ${status}: ${explain(validate)}`;
}

/** Numbers and numeric texts mean the same to Discord where the description names only one. */
function unifyNumbers(template: string, body: unknown): unknown {
  if (template.endsWith('/commands')) {
    return Array.isArray(body) ? toObjects(body).map(unifyCommand) : body;
  }
  if (!isObject(body)) return body;
  if (isObject(body['data'])) return { ...body, data: unifyAttachments(body['data']) };
  return unifyAttachments(body);
}

function unifyCommand(command: Json): Json {
  const rights = command['default_member_permissions'];
  return typeof rights === 'string'
    ? { ...command, default_member_permissions: Number(rights) }
    : command;
}

function unifyAttachments(message: Json): Json {
  if (!Array.isArray(message['attachments'])) return message;
  const attachments = message['attachments'].map((entry: unknown) =>
    isObject(entry) && typeof entry['id'] === 'number'
      ? { ...entry, id: String(entry['id']) }
      : entry,
  );
  return { ...message, attachments };
}
