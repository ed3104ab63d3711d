import { slackIds, type FakeSlack } from '../../test/fakes/slack/fake-slack.ts';
import { isObject, toObjects, toText, type Json } from '../../test/fakes/slack/json.ts';
import { SlackRefusal } from '../../test/fakes/slack/person.ts';
import { botUserId } from '../../test/fakes/slack/world.ts';
import type { DemoAct, DemoField, DemoForm } from './state.ts';

/** People at the fake Slack. */
export interface SlackSide {
  forms(): DemoForm[];
  /**
   * Resolves with what is wrong with a form, by field.
   * @throws SlackRefusal with what the client tells the person.
   */
  act(userId: string, what: DemoAct['what']): Promise<Record<string, string>>;
}

export function createSlackSide(slack: FakeSlack): SlackSide {
  /** As the client sends what is typed: escaped, people by their ids. */
  function toMarkup(text: string): string {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const people = [...slack.world.users.values()].map(({ id, realName }) => [id, realName]);
    return [...people, [botUserId, 'Quartet']].reduce(
      (line, [id, name]) => line.replaceAll(new RegExp(`@${name}(?!\\w)`, 'gi'), `<@${id}>`),
      escaped,
    );
  }

  async function write(userId: string, text: string, threadTs: string | null): Promise<void> {
    const person = slack.asUser(userId);
    const [, command, line = ''] = /^(\/\S+)\s*([^]*)$/.exec(text) ?? [];
    const channel = slackIds.general;
    if (command === undefined)
      return void person.say(toMarkup(text), { channel, ...(threadTs !== null && { threadTs }) });
    if (threadTs !== null)
      throw new SlackRefusal(`${command} is not supported in threads. Mention @Quartet instead.`);
    await person.slash(command, toMarkup(line), { channel });
  }

  return {
    forms: () =>
      [...slack.world.views.values()].map(({ id, userId, view }) => ({
        id,
        userId,
        title: textOf(view['title']),
        submit: textOf(view['submit']),
        fields: toObjects(view['blocks']).flatMap(toField),
      })),

    async act(userId, what) {
      const person = slack.asUser(userId);
      switch (what.type) {
        case 'line':
          await write(userId, what.text, what.threadId);
          break;
        case 'button':
          await person.click({ channel: what.channelId, ts: what.messageId }, what.control);
          break;
        case 'draw': {
          const message = slack.world.find(what.channelId, what.messageId);
          if (!message) throw new SlackRefusal('There is no such message.');
          await person.messageShortcut('imagine_this', message);
          break;
        }
        case 'react': {
          const message = { channel: what.channelId, ts: what.messageId };
          if (what.isOn) person.react(message, what.emoji);
          else person.unreact(message, what.emoji);
          break;
        }
        case 'submit': {
          const filled = Object.entries(what.values).filter(([, value]) => value !== '');
          const answer = await person.submit(what.formId, Object.fromEntries(filled));
          return (answer['errors'] ?? {}) as Record<string, string>;
        }
        case 'dismiss':
          slack.world.views.delete(what.formId);
      }
      return {};
    },
  };
}

const textOf = (value: unknown): string => (isObject(value) ? toText(value['text']) : '');

function toField(block: Json): DemoField[] {
  const { element } = block;
  if (block['type'] !== 'input' || !isObject(element)) return [];
  const initial = element['initial_option'];
  return [
    {
      id: toText(block['block_id']),
      label: textOf(block['label']),
      hint: textOf(block['hint']),
      placeholder: textOf(element['placeholder']),
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
}
