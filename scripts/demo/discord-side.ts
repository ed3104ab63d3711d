import { defaultIds, type FakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import type { InteractionHandle } from '../../test/fakes/discord/interaction-book.ts';
import { isObject, toObjects, toText, type Json } from '../../test/fakes/discord/json.ts';
import { ClientRefusal } from '../../test/fakes/discord/slash-options.ts';
import { readOptions } from './discord-line.ts';
import type { DemoAct, DemoCommand, DemoField, DemoForm, Locale } from './state.ts';

/** People at the fake Discord. */
export interface DiscordSide {
  forms(): DemoForm[];
  commands(): DemoCommand[];
  /** @throws ClientRefusal with what the client tells the person. */
  act(userId: string, what: DemoAct['what']): Promise<void>;
}

export function createDiscordSide(discord: FakeDiscord): DiscordSide {
  const forms = new Map<string, { userId: string; opened: InteractionHandle }>();
  const registered = () => [...discord.world.commands.values()].flat();

  async function answered(userId: string, opened: InteractionHandle): Promise<void> {
    try {
      await opened.answered();
    } catch {
      throw new ClientRefusal('The application did not respond.');
    }
    if (opened.modal !== null) forms.set(opened.id, { userId, opened });
  }

  function toMentions(text: string): string {
    return [...discord.world.users.values()].reduce((line, { id, username, globalName }) => {
      return line.replaceAll(new RegExp(`@${globalName ?? username}(?!\\w)`, 'gi'), `<@${id}>`);
    }, text);
  }

  async function write(userId: string, text: string, threadId: string | null): Promise<void> {
    const person = discord.asUser(userId);
    const channelId = threadId ?? defaultIds.general;
    const [, typed, line = ''] = /^\/(\S+)\s*([^]*)$/.exec(text) ?? [];
    if (typed === undefined) return void person.say(toMentions(text), { channelId });
    const command = registered().find(
      (one) => one.type === 1 && (one.name === typed || localized(one, 'name')['zh-CN'] === typed),
    );
    if (!command) throw new ClientRefusal(`There is no command /${typed}.`);
    const values = readOptions(typed, toObjects(command['options']), toMentions(line));
    await answered(userId, person.slash(command.name, values, { channelId }));
  }

  return {
    forms: () =>
      [...forms].map(([id, { userId, opened }]) => ({
        id,
        userId,
        title: toText(opened.modal?.['title']),
        submit: '',
        fields: toObjects(opened.modal?.['components']).flatMap(toField),
      })),

    commands: () =>
      registered()
        .filter(({ type }) => type === 1)
        .map((command) => ({
          name: command.name,
          description: localized(command, 'description'),
          options: toObjects(command['options']).map((option) => ({
            name: localized(option, 'name'),
            description: localized(option, 'description'),
          })),
        })),

    async act(userId, what) {
      const person = discord.asUser(userId);
      switch (what.type) {
        case 'line':
          return write(userId, what.text, what.threadId);
        case 'button':
          return answered(userId, person.clickButton(what.messageId, what.control));
        case 'draw':
          return answered(userId, person.messageCommand('Imagine this', what.messageId));
        case 'react':
          if (what.isOn) person.react(what.messageId, what.emoji);
          else person.unreact(what.messageId, what.emoji);
          return;
        case 'submit': {
          const form = forms.get(what.formId);
          if (!form) throw new ClientRefusal('That form is not open any more.');
          const sent = person.submitModal(form.opened, what.values);
          forms.delete(what.formId);
          return answered(userId, sent);
        }
        case 'dismiss':
          forms.delete(what.formId);
      }
    },
  };
}

function localized(entry: Json, key: 'name' | 'description'): Record<Locale, string> {
  const en = toText(entry[key]);
  const others = (entry[`${key}_localizations`] ?? {}) as Partial<Record<Locale, string>>;
  return { en, 'zh-CN': others['zh-CN'] ?? en };
}

function toField(label: Json): DemoField[] {
  const { component } = label;
  if (!isObject(component)) return [];
  const options = toObjects(component['options']);
  const chosen = options.find((option) => option['default'] === true);
  return [
    {
      id: toText(component['custom_id']),
      label: toText(label['label']),
      hint: toText(label['description']),
      placeholder: toText(component['placeholder']),
      value: toText(component['value']) || toText(chosen?.['value']),
      isLong: component['style'] === 2,
      isRequired: component['required'] !== false,
      options: options.map((option) => ({
        label: toText(option['label']),
        value: toText(option['value']),
      })),
    },
  ];
}
