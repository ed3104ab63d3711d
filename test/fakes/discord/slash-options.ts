import { storeFile } from './attachments.ts';
import { toObjects, toText, type Json } from './json.ts';
import { toAttachmentJson, toChannelJson, toMemberJson, toUserJson } from './serialize.ts';
import type { World } from './world.ts';
import type { FakeChannel, RegisteredCommand } from './world-types.ts';

/** A file that a person picks for an attachment option or an upload field. */
export interface PickedFile {
  filename: string;
  bytes: Buffer;
  contentType?: string;
}

export type SlashValue = string | number | boolean | PickedFile;
export type SlashValues = Record<string, SlashValue>;

/** What the real client tells a person instead of sending the command. */
export class ClientRefusal extends Error {
  override readonly name = 'ClientRefusal';
}

export interface FilledCommand {
  options: Json[];
  resolved: Json;
}

/**
 * Fills a command's options as the client does, refusing what the client would refuse.
 *
 * @param focused The option that is being typed; then nothing has to be complete yet.
 */
export function fillOptions(
  world: World,
  channel: FakeChannel,
  command: RegisteredCommand,
  subCommands: string[],
  values: SlashValues,
  focused?: string,
): FilledCommand {
  const chain: Json[] = [];
  let known = toObjects(command['options']);
  for (const name of subCommands) {
    const sub = known.find(
      (option) => option['name'] === name && (option['type'] === 1 || option['type'] === 2),
    );
    if (sub === undefined)
      throw new ClientRefusal(`/${command.name} has no sub-command "${name}".`);
    chain.push(sub);
    known = toObjects(sub['options']);
  }
  if (known.some((option) => option['type'] === 1 || option['type'] === 2)) {
    throw new ClientRefusal(`/${command.name} needs a sub-command.`);
  }
  const resolved: Json = {};
  for (const name of Object.keys(values)) {
    if (!known.some((option) => option['name'] === name)) {
      throw new ClientRefusal(`/${command.name} has no option "${name}".`);
    }
  }
  const filled = known.flatMap((option) => {
    const name = toText(option['name']);
    const value = values[name];
    if (value === undefined) {
      if (option['required'] === true && focused === undefined) {
        throw new ClientRefusal(`/${command.name} needs the option "${name}".`);
      }
      return [];
    }
    if (name === focused) {
      if (option['autocomplete'] !== true)
        throw new ClientRefusal(`"${name}" has no autocomplete.`);
      return [{ name, type: option['type'], value: String(value), focused: true }];
    }
    if (focused === undefined) checkValue(option, name, value);
    return [
      { name, type: option['type'], value: resolveValue(world, channel, option, value, resolved) },
    ];
  });
  if (focused !== undefined && !filled.some((option) => 'focused' in option)) {
    throw new ClientRefusal(`Nothing is typed into "${focused}".`);
  }
  const options = chain.reduceRight<Json[]>(
    (inner, sub) => [{ name: sub['name'], type: sub['type'], options: inner }],
    filled,
  );
  return { options, resolved };
}

function checkValue(option: Json, name: string, value: SlashValue): void {
  const type = Number(option['type']);
  const expected: Record<number, string> = {
    3: 'string',
    4: 'number',
    5: 'boolean',
    6: 'string',
    7: 'string',
    8: 'string',
    9: 'string',
    10: 'number',
    11: 'object',
  };
  if (typeof value !== expected[type])
    throw new ClientRefusal(`"${name}" takes a ${expected[type]}, not ${JSON.stringify(value)}.`);
  if (type === 4 && !Number.isSafeInteger(value))
    throw new ClientRefusal(`"${name}" takes a whole number.`);
  const choices = toObjects(option['choices']);
  if (choices.length > 0 && !choices.some((choice) => choice['value'] === value)) {
    throw new ClientRefusal(`"${name}" must be one of its choices, not ${JSON.stringify(value)}.`);
  }
  if (typeof value === 'string' && type === 3) {
    if (value === '') throw new ClientRefusal(`"${name}" must not be empty.`);
    checkRange(
      name,
      [...value].length,
      option['min_length'] ?? 0,
      option['max_length'] ?? 6000,
      'characters',
    );
  }
  if (typeof value === 'number')
    checkRange(name, value, option['min_value'], option['max_value'], '');
}

function checkRange(
  name: string,
  value: number,
  minimum: unknown,
  maximum: unknown,
  unit: string,
): void {
  if (typeof minimum === 'number' && value < minimum)
    throw new ClientRefusal(`"${name}" must be at least ${minimum} ${unit}`.trim());
  if (typeof maximum === 'number' && value > maximum)
    throw new ClientRefusal(`"${name}" must be at most ${maximum} ${unit}`.trim());
}

/** Users, channels and files go as an id, with the thing itself under `resolved`. */
function resolveValue(
  world: World,
  channel: FakeChannel,
  option: Json,
  value: SlashValue,
  resolved: Json,
): unknown {
  const put = (kind: string, id: string, json: Json): string => {
    resolved[kind] = { ...(resolved[kind] as Json | undefined), [id]: json };
    return id;
  };
  if (typeof value === 'object') return attachFile(world, channel, value, put);
  const type = option['type'];
  if (type === 6 || (type === 9 && world.users.has(String(value)))) {
    const user = world.requireUser(String(value));
    if (channel.guildId !== null) {
      const member = world.requireGuild(channel.guildId).members.get(user.id);
      const permissions = String(world.permissionsIn(channel, user.id));
      if (member !== undefined)
        put('members', user.id, { ...toMemberJson(world, member, false), permissions });
    }
    return put('users', user.id, toUserJson(user));
  }
  if (type === 7) {
    const target = world.requireChannel(String(value));
    return put('channels', target.id, { ...toChannelJson(world, target), permissions: '0' });
  }
  return value;
}

function attachFile(
  world: World,
  channel: FakeChannel,
  file: PickedFile,
  put: (kind: string, id: string, json: Json) => string,
): string {
  const contentType = file.contentType ?? 'application/octet-stream';
  const place = { channelId: channel.id, isEphemeral: true };
  const stored = storeFile(
    world,
    place,
    { filename: file.filename, bytes: file.bytes, contentType },
    null,
  );
  return put('attachments', stored.id, toAttachmentJson(world, stored));
}

/** Stores the files of an upload field and returns their ids. */
export function attachFiles(
  world: World,
  channel: FakeChannel,
  files: PickedFile[],
  resolved: Json,
): string[] {
  return files.map((file) =>
    attachFile(world, channel, file, (kind, id, json) => {
      resolved[kind] = { ...(resolved[kind] as Json | undefined), [id]: json };
      return id;
    }),
  );
}
