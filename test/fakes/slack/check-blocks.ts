import { isObject, toObjects, toText, type Json } from './json.ts';
import type { World } from './world.ts';

/** Source: doc comments of @slack/types and docs.slack.dev, reference/block-kit. */
const most = {
  messageBlocks: 50,
  viewBlocks: 100,
  sectionText: 3000,
  fieldText: 2000,
  fields: 10,
  headerText: 150,
  actionElements: 25,
  contextElements: 10,
  altText: 2000,
  title: 2000,
  id: 255,
  buttonText: 75,
  buttonValue: 2000,
  optionText: 75,
  optionValue: 150,
  typed: 3000,
  options: 100,
  placeholder: 150,
  label: 2000,
  url: 3000,
  allText: 13_000,
};

/** What is wrong with a message's or a view's blocks, each with its JSON pointer; empty: nothing. */
export function checkBlocks(blocks: unknown, kind: 'message' | 'view', world: World): string[] {
  if (blocks === undefined) return [];
  if (!Array.isArray(blocks)) return ['must be an array [json-pointer:/blocks]'];
  const limit = kind === 'message' ? most.messageBlocks : most.viewBlocks;
  const faults: string[] = [];
  if (blocks.length > limit)
    faults.push(`no more than ${limit} items allowed [json-pointer:/blocks]`);
  const blockIds = new Set<string>();
  const say = (what: string, pointer: string) =>
    faults.push(`${what} [json-pointer:/blocks/${pointer}]`);
  for (const [i, block] of blocks.entries()) {
    if (!isObject(block)) {
      say('must be an object', String(i));
      continue;
    }
    const id = block['block_id'];
    if (typeof id === 'string') {
      if (blockIds.has(id)) say('`block_id` must be unique', `${i}/block_id`);
      if (id.length > most.id) say('too long', `${i}/block_id`);
      blockIds.add(id);
    }
    checkBlock(block, kind, world, (what, path) => say(what, `${i}${path}`));
  }
  return faults;
}

export function textLength(blocks: unknown): number {
  return JSON.stringify(blocks ?? []).length;
}

export const mostText = most.allText;

type Say = (what: string, path: string) => void;

function checkBlock(block: Json, kind: 'message' | 'view', world: World, say: Say): void {
  switch (block['type']) {
    case 'section':
      if (block['text'] === undefined && block['fields'] === undefined)
        say('must have text or fields', '');
      if (block['text'] !== undefined) checkText(block['text'], most.sectionText, say, '/text');
      if (toObjects(block['fields']).length > most.fields) say('too many fields', '/fields');
      for (const [i, field] of toObjects(block['fields']).entries())
        checkText(field, most.fieldText, say, `/fields/${i}`);
      if (isObject(block['accessory'])) checkElement(block['accessory'], say, '/accessory');
      return;
    case 'header':
      checkText(block['text'], most.headerText, say, '/text', 'plain_text');
      return;
    case 'context': {
      const elements = toObjects(block['elements']);
      if (elements.length === 0 || elements.length > most.contextElements)
        say(`must have 1 to ${most.contextElements} elements`, '/elements');
      for (const [i, element] of elements.entries()) {
        if (element['type'] !== 'image') checkText(element, most.fieldText, say, `/elements/${i}`);
      }
      return;
    }
    case 'actions':
      checkActions(toObjects(block['elements']), say);
      return;
    case 'image':
      checkImage(block, world, say);
      return;
    case 'divider':
      return;
    case 'input':
      if (kind === 'message') say('unsupported type: input', '');
      checkText(block['label'], most.label, say, '/label', 'plain_text');
      if (!isObject(block['element'])) say('missing required field: element', '/element');
      else checkElement(block['element'], say, '/element');
      return;
    case 'markdown':
      if (toText(block['text']).length > 12_000) say('too long', '/text');
      return;
    default:
      say(`unsupported type: ${String(block['type'])}`, '/type');
  }
}

function checkActions(elements: Json[], say: Say): void {
  if (elements.length === 0 || elements.length > most.actionElements)
    say(`must have 1 to ${most.actionElements} elements`, '/elements');
  const ids = new Set<string>();
  for (const [i, element] of elements.entries()) {
    const id = toText(element['action_id']);
    if (id !== '' && ids.has(id)) say('`action_id` must be unique', `/elements/${i}/action_id`);
    ids.add(id);
    checkElement(element, say, `/elements/${i}`);
  }
}

function checkImage(block: Json, world: World, say: Say): void {
  const alt = toText(block['alt_text']);
  if (alt === '') say('missing required field: alt_text', '/alt_text');
  if (alt.length > most.altText) say('must be less than 2001 characters', '/alt_text');
  if (block['title'] !== undefined)
    checkText(block['title'], most.title, say, '/title', 'plain_text');
  const file = block['slack_file'];
  const url = block['image_url'];
  if ((file === undefined) === (url === undefined)) say('needs image_url or slack_file', '');
  if (!isObject(file)) return;
  const found = world.files.get(toText(file['id']));
  if (!found || !world.isFileReady(found)) say('invalid slack file', '/slack_file');
}

function checkElement(element: Json, say: Say, path: string): void {
  if (toText(element['action_id']).length > most.id) say('too long', `${path}/action_id`);
  const type = toText(element['type']);
  if (type === 'button') {
    checkText(element['text'], most.buttonText, say, `${path}/text`, 'plain_text');
    if (toText(element['value']).length > most.buttonValue) say('too long', `${path}/value`);
    if (toText(element['url']).length > most.url) say('too long', `${path}/url`);
    const style = element['style'];
    if (style !== undefined && style !== 'primary' && style !== 'danger')
      say('must be one of primary, danger', `${path}/style`);
    return;
  }
  if (element['placeholder'] !== undefined)
    checkText(element['placeholder'], most.placeholder, say, `${path}/placeholder`, 'plain_text');
  if (type === 'number_input' && typeof element['is_decimal_allowed'] !== 'boolean')
    say('missing required field: is_decimal_allowed', path);
  if (Number(element['max_length'] ?? 0) > most.typed) say('too large', `${path}/max_length`);
  if (toText(element['initial_value']).length > Number(element['max_length'] ?? most.typed))
    say('longer than max_length', `${path}/initial_value`);
  if (element['options'] === undefined) {
    if (type === 'static_select') say('missing required field: options', path);
    return;
  }
  if (toObjects(element['options']).length === 0) say('must have options', `${path}/options`);
  for (const fault of checkOptions(element['options'])) say(fault, `${path}/options`);
}

/** What is wrong with the entries of a select; the answer to a suggestion may have none. */
export function checkOptions(value: unknown): string[] {
  const options = toObjects(value);
  const faults: string[] = [];
  if (!Array.isArray(value)) faults.push('options must be an array');
  if (options.length > most.options) faults.push(`no more than ${most.options} options`);
  for (const option of options) {
    checkText(option['text'], most.optionText, (what) => faults.push(what), '', 'plain_text');
    const said = toText(option['value']);
    if (said === '' || said.length > most.optionValue)
      faults.push('a value of 1 to 150 characters');
  }
  return faults;
}

function checkText(value: unknown, longest: number, say: Say, path: string, type?: string): void {
  if (!isObject(value)) return say('missing required field: text', path);
  const kind = value['type'];
  if (kind !== 'plain_text' && kind !== 'mrkdwn') say('unsupported type', `${path}/type`);
  if (type !== undefined && kind !== type) say(`must be ${type}`, `${path}/type`);
  const text = toText(value['text']);
  if (text.length === 0) say('must be more than 0 characters', `${path}/text`);
  if (text.length > longest) say(`must be less than ${longest + 1} characters`, `${path}/text`);
}
