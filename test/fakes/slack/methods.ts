import { chatMethods } from './methods-chat.ts';
import { fileMethods } from './methods-files.ts';
import { peopleMethods } from './methods-people.ts';
import { viewMethods } from './methods-views.ts';
import type { Method } from './method.ts';

/** What the fake can do, by Slack's names. */
export const methods: Record<string, Method> = {
  ...chatMethods,
  ...fileMethods,
  ...peopleMethods,
  ...viewMethods,
};
