import { defaultIds, type FakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import type { InteractionHandle } from '../../test/fakes/discord/interaction-book.ts';
import { isObject, toObjects, toText, type Json } from '../../test/fakes/discord/json.ts';
import type { SlashValues } from '../../test/fakes/discord/slash-options.ts';
import type { DemoAct, DemoField, DemoForm } from './state.ts';

/** People at the fake Discord. */
export function createDiscordSide(discord: FakeDiscord, changed: () => void) {
  const forms = new Map<string, { userId: string; opened: InteractionHandle }>();

  function watch(userId: string, opened: InteractionHandle): void {
    opened.answered().then(
      () => {
        if (opened.modal === null) return;
        forms.set(opened.id, { userId, opened });
        changed();
      },
      // Nobody answered: the person sees that the interaction failed.
      () => changed(),
    );
  }

  return {
    forms: (): DemoForm[] =>
      [...forms].map(([id, { userId, opened }]) => ({
        id,
        userId,
        title: toText(opened.modal?.['title']),
        fields: fieldsOf(opened.modal ?? {}),
      })),

    act(userId: string, what: DemoAct['what']): void {
      const person = discord.asUser(userId);
      switch (what.type) {
        case 'line': {
          const channelId = what.threadId ?? defaultIds.general;
          const command = /^\/(\S+)\s*([^]*)$/.exec(what.text);
          if (!command) return void person.say(what.text, { channelId });
          const name = command[1] ?? '';
          return watch(
            userId,
            person.slash(name, readOptions(discord, name, command[2] ?? ''), { channelId }),
          );
        }
        case 'button':
          return watch(userId, person.clickButton(what.messageId, what.control));
        case 'react':
          if (what.isOn) person.react(what.messageId, what.emoji);
          else person.unreact(what.messageId, what.emoji);
          return;
        case 'submit': {
          const form = forms.get(what.formId);
          if (!form) return;
          forms.delete(what.formId);
          const filled = Object.fromEntries(
            Object.entries(what.values).filter(([, value]) => value !== ''),
          );
          return watch(userId, person.submitModal(form.opened, filled));
        }
        case 'dismiss':
          forms.delete(what.formId);
      }
    },
  };
}

/** `a red apple steps:8 size:256x256`: words, then options as Discord's own line shows them. */
function readOptions(discord: FakeDiscord, name: string, text: string): SlashValues {
  const registered = [...discord.world.commands.values()]
    .flat()
    .find((command) => command.name === name);
  const options = toObjects(registered?.['options']);
  const values: SlashValues = {};
  const words = text.replaceAll(
    /(?:^|\s)(?:--)?([a-z]+)[:=](\S+)/g,
    (whole, option: string, value: string) => {
      const known = options.find((one) => one['name'] === option);
      if (!known) return whole;
      const type = known['type'];
      values[option] =
        type === 4 || type === 10 ? Number(value) : type === 5 ? value === 'true' : value;
      return '';
    },
  );
  const first = options.find(({ type }) => type === 3);
  if (words.trim() !== '' && first) values[toText(first['name'])] ??= words.trim();
  return values;
}

function fieldsOf(modal: Json): DemoField[] {
  return toObjects(modal['components']).flatMap((label) => {
    const component = label['component'];
    if (!isObject(component)) return [];
    return [
      {
        id: toText(component['custom_id']),
        label: toText(label['label']),
        value: toText(component['value']),
        isLong: component['style'] === 2,
        isRequired: component['required'] !== false,
        options: toObjects(component['options']).map((option) => ({
          label: toText(option['label']),
          value: toText(option['value']),
        })),
      },
    ];
  });
}
