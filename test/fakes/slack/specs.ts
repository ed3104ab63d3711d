import { readSpec } from '../specs.ts';
import type { Json } from './json.ts';

interface Parameter {
  name: string;
  in: string;
  type: string;
  required?: boolean;
}

interface WebApi {
  paths: Record<string, Record<string, { parameters: Parameter[] }>>;
}

/** Arguments that Slack added after it wrote its last description, in 2020. */
const newer: Record<string, string[]> = {
  'chat.postMessage': ['metadata', 'team_id'],
  'chat.update': ['metadata', 'team_id', 'reply_broadcast', 'file_ids'],
  'conversations.history': ['include_all_metadata', 'team_id'],
  'conversations.replies': ['include_all_metadata', 'team_id'],
};
/** Methods that came after it, with all that they take; Slack's word is `alt_txt`, whatever libraries send. */
const newMethods: Record<string, string[]> = {
  'files.getUploadURLExternal': ['filename', 'length', 'alt_txt', 'snippet_type'],
  'files.completeUploadExternal': [
    'files', 'channel_id', 'thread_ts', 'initial_comment', 'blocks', 'channels',
  ],
  'apps.connections.open': [],
}; // prettier-ignore
const everywhere = ['token', 'team_id'];

let api: WebApi | null | undefined;

export function hasWebApi(): boolean {
  api ??= (readSpec('slack-web-api.json') as WebApi | undefined) ?? null;
  return api !== null;
}

/** What Slack's own description does not know or does not find in a call; null: nothing, or it is not described. */
export function findArgumentFault(method: string, args: Json): string | null {
  const taken = newMethods[method];
  if (taken !== undefined) {
    const other = Object.keys(args).find((name) => ![...taken, ...everywhere].includes(name));
    return other === undefined ? null : `${method}: there is no argument ${other}`;
  }
  if (!hasWebApi()) return null;
  const operations = api?.paths[`/${method}`];
  const operation = operations && Object.values(operations)[0];
  if (!operation) return null;
  const known = new Map(operation.parameters.map((parameter) => [parameter.name, parameter]));
  for (const { name, required } of known.values()) {
    if (required && name !== 'token' && args[name] === undefined)
      return `${method}: ${name} is missing`;
  }
  for (const [name, value] of Object.entries(args)) {
    const parameter = known.get(name);
    if (!parameter) {
      if (everywhere.includes(name) || newer[method]?.includes(name)) continue;
      return `${method}: there is no argument ${name}`;
    }
    const { type } = parameter;
    const text = String(value);
    if (type === 'boolean' && !['true', 'false', '1', '0'].includes(text))
      return `${method}: ${name} is no ${type}`;
    if (type === 'integer' && !/^-?\d+$/.test(text)) return `${method}: ${name} is no ${type}`;
    if (type === 'number' && Number.isNaN(Number(text))) return `${method}: ${name} is no ${type}`;
  }
  return null;
}
