import { slackIds, type FakeSlack } from '../../test/fakes/slack/fake-slack.ts';
import { isObject, toObjects, toText, type Json } from '../../test/fakes/slack/json.ts';
import type { DemoAct, DemoField, DemoForm } from './state.ts';

/** People at the fake Slack. */
export function createSlackSide(slack: FakeSlack) {
  return {
    forms: (): DemoForm[] =>
      [...slack.world.views.values()].map(({ id, userId, view }) => ({
        id,
        userId,
        title: textOf(view['title']),
        fields: fieldsOf(view),
      })),

    async act(userId: string, what: DemoAct['what']): Promise<void> {
      const person = slack.asUser(userId);
      switch (what.type) {
        case 'line': {
          const command = /^(\/\S+)\s*([^]*)$/.exec(what.text);
          if (command && what.threadId === null)
            await person.slash(command[1] ?? '', command[2] ?? '', { channel: slackIds.general });
          else
            person.say(toMention(what.text), {
              channel: slackIds.general,
              ...(what.threadId !== null && { threadTs: what.threadId }),
            });
          return;
        }
        case 'button':
          await person.click({ channel: what.channelId, ts: what.messageId }, what.control);
          return;
        case 'react':
          if (what.isOn) person.react({ channel: what.channelId, ts: what.messageId }, what.emoji);
          else person.unreact({ channel: what.channelId, ts: what.messageId }, what.emoji);
          return;
        case 'submit': {
          const filled = Object.fromEntries(
            Object.entries(what.values).filter(([, value]) => value !== ''),
          );
          await person.submit(what.formId, filled);
          return;
        }
        case 'dismiss':
          slack.world.views.delete(what.formId);
      }
    },
  };
}

/** Slash commands do not work in threads: there a mention does the same. */
function toMention(text: string): string {
  return text.replace(/^\/|^@quartet\s*/i, '<@U0BOT> ');
}

const textOf = (value: unknown): string => (isObject(value) ? toText(value['text']) : '');

function fieldsOf(view: Json): DemoField[] {
  return toObjects(view['blocks']).flatMap((block) => {
    const { element } = block;
    if (block['type'] !== 'input' || !isObject(element)) return [];
    const initial = element['initial_option'];
    return [
      {
        id: toText(block['block_id']),
        label: textOf(block['label']),
        value:
          toText(element['initial_value']) || (isObject(initial) ? toText(initial['value']) : ''),
        isLong: element['multiline'] === true,
        isRequired: block['optional'] !== true,
        options: toObjects(element['options']).map((option) => ({
          label: textOf(option['text']),
          value: toText(option['value']),
        })),
      },
    ];
  });
}
