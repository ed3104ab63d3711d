import { isObject, toObjects, toText, type Json } from './json.ts';
import { attachFiles, ClientRefusal, type PickedFile } from './slash-options.ts';
import type { World } from './world.ts';
import type { FakeChannel } from './world-types.ts';

export type ModalValue = string | boolean | string[] | PickedFile[];
export type ModalValues = Record<string, ModalValue>;

export interface FilledModal {
  components: Json[];
  resolved: Json;
}

/** Fills a shown modal as the client does: lengths and required fields are checked, the rest is free. */
export function fillModal(
  world: World,
  channel: FakeChannel,
  modal: Json,
  values: ModalValues,
): FilledModal {
  const resolved: Json = {};
  const known = new Set<string>();
  let nextId = 1;
  const visit = (component: Json): Json => {
    const base: Json = { type: component['type'], id: nextId };
    nextId += 1;
    if (Array.isArray(component['components'])) {
      return { ...base, components: toObjects(component['components']).map(visit) };
    }
    if (isObject(component['component']))
      return { ...base, component: visit(component['component']) };
    const customId = toText(component['custom_id']);
    if (customId === '') return base;
    known.add(customId);
    return {
      ...base,
      custom_id: customId,
      ...fillInput(world, channel, component, values[customId], resolved),
    };
  };
  const components = toObjects(modal['components']).map(visit);
  for (const customId of Object.keys(values)) {
    if (!known.has(customId)) throw new ClientRefusal(`The form has no field "${customId}".`);
  }
  return { components, resolved };
}

function fillInput(
  world: World,
  channel: FakeChannel,
  input: Json,
  value: ModalValue | undefined,
  resolved: Json,
): Json {
  const name = toText(input['custom_id']);
  const isRequired = input['required'] !== false;
  if (input['type'] === 23)
    return { value: value === true || (value === undefined && input['default'] === true) };
  if (input['type'] === 4) {
    const text = typeof value === 'string' ? value : toText(input['value']);
    const length = [...text].length;
    const minimum = Number(input['min_length'] ?? 0);
    const maximum = Number(input['max_length'] ?? 4000);
    if (length === 0 && isRequired) throw new ClientRefusal(`"${name}" must be filled in.`);
    if (length > maximum || (length > 0 && length < minimum)) {
      throw new ClientRefusal(
        `"${name}" takes ${minimum} to ${maximum} characters, not ${length}.`,
      );
    }
    return { value: text };
  }
  if (input['type'] === 19) {
    const files = Array.isArray(value) ? value.filter((entry) => typeof entry !== 'string') : [];
    checkCount(
      name,
      files.length,
      Number(input['min_values'] ?? 1),
      Number(input['max_values'] ?? 1),
      isRequired,
    );
    return { values: attachFiles(world, channel, files, resolved) };
  }
  const chosen = readChosen(input, value);
  const options = toObjects(input['options']).map((option) => option['value']);
  const stranger = chosen.find((entry) => options.length > 0 && !options.includes(entry));
  if (stranger !== undefined) throw new ClientRefusal(`"${name}" has no choice "${stranger}".`);
  if (input['type'] === 21) {
    if (chosen.length === 0 && isRequired) throw new ClientRefusal(`"${name}" must be chosen.`);
    return { value: chosen[0] ?? null };
  }
  const most = input['type'] === 22 ? options.length : 1;
  checkCount(
    name,
    chosen.length,
    Number(input['min_values'] ?? 1),
    Number(input['max_values'] ?? most),
    isRequired,
  );
  return { values: chosen };
}

/** What a person chose, or what was chosen already when the form opened. */
function readChosen(input: Json, value: ModalValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === 'string');
  return toObjects(input['options'])
    .filter((option) => option['default'] === true)
    .map((option) => toText(option['value']));
}

function checkCount(
  name: string,
  count: number,
  minimum: number,
  maximum: number,
  isRequired: boolean,
): void {
  if (count === 0 && !isRequired) return;
  if (count < minimum || count > maximum) {
    throw new ClientRefusal(`"${name}" takes ${minimum} to ${maximum} choices, not ${count}.`);
  }
}
