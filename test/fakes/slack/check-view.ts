import { checkBlocks } from './check-blocks.ts';
import { isObject, toObjects, toText } from './json.ts';
import type { World } from './world.ts';

const longestTitle = 24;
const longestMetadata = 3000;
const longestId = 255;

/** What is wrong with a modal. Source: docs.slack.dev, reference/views/modal-views. */
export function checkView(view: unknown, world: World): string[] {
  if (!isObject(view)) return ['must be an object [json-pointer:/view]'];
  const faults = checkBlocks(view['blocks'], 'view', world);
  const say = (what: string, path: string) => faults.push(`${what} [json-pointer:/view/${path}]`);
  if (view['type'] !== 'modal') say('must be modal', 'type');
  for (const name of ['title', 'submit', 'close']) {
    const text = view[name];
    if (text === undefined) continue;
    const said = isObject(text) ? toText(text['text']) : '';
    if (said === '' || said.length > longestTitle)
      say(`must be 1 to ${longestTitle} characters`, `${name}/text`);
  }
  if (view['title'] === undefined) say('missing required field: title', 'title');
  const hasInput = toObjects(view['blocks']).some(({ type }) => type === 'input');
  if (hasInput && view['submit'] === undefined) say('missing required field: submit', 'submit');
  if (toText(view['private_metadata']).length > longestMetadata)
    say('too long', 'private_metadata');
  if (toText(view['callback_id']).length > longestId) say('too long', 'callback_id');
  return faults;
}
