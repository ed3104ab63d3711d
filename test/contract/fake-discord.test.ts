import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  DiscordAPIError,
  Events,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type Client,
  type Interaction,
  type TextChannel,
} from 'discord.js';
import { defaultIds, startFakeDiscord, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import { describeGateway } from '../fakes/discord/gateway-suite.ts';
import { describeRefusals } from '../fakes/discord/refusal-suite.ts';
import { ClientRefusal } from '../fakes/discord/slash-options.ts';
import { commands, login } from '../fakes/discord/test-client.ts';
import { findSpec, hasSpecsFolder } from '../fakes/specs.ts';

const spec = findSpec('discord-openapi.json');
const { alice, bao, general, guild } = defaultIds;
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

function row(...ids: string[]): ActionRowBuilder<ButtonBuilder> {
  const buttons = ids.map((id) =>
    new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary),
  );
  return new ActionRowBuilder<ButtonBuilder>().addComponents(buttons);
}

describe('fake Discord with discord.js', () => {
  let fake: FakeDiscord;
  let client: Client;
  let onInteraction: (interaction: Interaction) => Promise<unknown> = async () => {};
  const raw: { t: string; d: Record<string, unknown> }[] = [];
  const problems: unknown[] = [];

  before(async () => {
    fake = await startFakeDiscord({ checkResponses: true });
    client = await login(fake);
    client.on(Events.Raw, (packet: (typeof raw)[number]) => raw.push(packet));
    client.on(Events.InteractionCreate, (interaction) => {
      onInteraction(interaction).catch((error: unknown) => problems.push(error));
    });
    await client.application?.commands.set(commands);
  });
  after(async () => {
    await client.destroy();
    await fake.close();
    assert.deepEqual(problems, []);
    assert.deepEqual(fake.unexpectedRequests, []);
    assert.deepEqual(fake.responseFaults, []);
  });
  const channel = (): TextChannel => client.channels.cache.get(general) as TextChannel;

  test('logs in and sees its guild with its channels', () => {
    assert.equal(client.user?.username, 'quartet');
    assert.equal(client.guilds.cache.get(guild)?.name, 'Studio');
    assert.equal(channel().name, 'general');
  });

  test('uses the API description that lies beside the repository', (context) => {
    if (!spec.found && !(process.env['CI'] !== undefined && hasSpecsFolder()))
      return context.skip(spec.reason);
    assert.equal(fake.specsUsed, true, spec.reason);
  });

  test('shows an ephemeral reply, its edit and a public follow-up of a slash command', async () => {
    onInteraction = async (interaction) => {
      assert.ok(interaction.isChatInputCommand());
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply(
        `${interaction.options.getString('prompt')} in ${interaction.locale}`,
      );
      await interaction.followUp({ content: 'public' });
    };
    const handle = fake.asUser(bao).slash('paint', { prompt: '猫', steps: 4 });
    await fake.waitFor(() => handle.followups.length === 1);
    assert.equal(handle.answerType, 5);
    assert.equal(handle.isEphemeral, true);
    assert.equal(handle.message?.content, '猫 in zh-CN');
    assert.deepEqual(
      handle.history.map((entry) => entry.kind),
      ['answer', 'edit', 'followup'],
    );
    assert.deepEqual(
      fake.messages(general).map((message) => message.content),
      ['public'],
    );
    const shown = fake.snapshot().channels.find((entry) => entry.id === general);
    assert.equal(shown?.ephemeral[bao]?.[0]?.content, '猫 in zh-CN');
  });

  test('gives an attachment option as a file that can be fetched', async () => {
    let size = 0;
    onInteraction = async (interaction) => {
      assert.ok(interaction.isChatInputCommand());
      const picked = interaction.options.getAttachment('image', true);
      size = (await (await fetch(picked.url)).arrayBuffer()).byteLength;
      await interaction.reply({ content: 'got it', withResponse: true });
    };
    const image = { filename: 'a.png', bytes: pixel };
    const handle = fake.asUser(alice).slash('paint', { prompt: 'x', image });
    assert.equal((await handle.settled()).content, 'got it');
    assert.equal(size, pixel.length);
  });

  test('answers autocomplete with what was typed', async () => {
    onInteraction = async (interaction) => {
      assert.ok(interaction.isAutocomplete());
      await interaction.respond([{ name: `${interaction.options.getFocused()}!`, value: 'oil' }]);
    };
    const handle = await fake
      .asUser(alice)
      .autocomplete('paint', { style: 'oi' }, 'style')
      .answered();
    assert.deepEqual(
      handle.choices?.map((choice) => choice['name']),
      ['oi!'],
    );
  });

  test('opens a form from a button and takes what was filled in', async () => {
    onInteraction = async (interaction) => {
      if (interaction.isButton()) {
        const input = new TextInputBuilder()
          .setCustomId('p')
          .setStyle(TextInputStyle.Paragraph)
          .setMaxLength(50);
        const label = new LabelBuilder().setLabel('Prompt').setTextInputComponent(input);
        await interaction.showModal(
          new ModalBuilder().setCustomId('m1').setTitle('Again').addLabelComponents(label),
        );
      } else if (interaction.isModalSubmit() && interaction.isFromMessage()) {
        await interaction.update({ content: interaction.fields.getTextInputValue('p') });
      }
    };
    const posted = await channel().send({ content: 'controls', components: [row('again')] });
    const person = fake.asUser(alice);
    const opened = await person.clickButton(posted.id, 'again').answered();
    assert.equal(opened.modal?.['title'], 'Again');
    assert.throws(() => person.submitModal(opened, { p: 'x'.repeat(51) }), ClientRefusal);
    await person.submitModal(opened, { p: 'typed' }).answered();
    assert.equal(fake.world.messages.get(posted.id)?.content, 'typed');
  });

  test('shows a message command the whole message', async () => {
    onInteraction = async (interaction) => {
      assert.ok(interaction.isMessageContextMenuCommand());
      await interaction.reply({
        content: interaction.targetMessage.content,
        flags: MessageFlags.Ephemeral,
      });
    };
    const said = fake.asUser(bao).say('a castle in fog');
    const handle = fake.asUser(alice).messageCommand('Imagine this', said);
    assert.equal((await handle.settled()).content, 'a castle in fog');
    const fetched = await channel().messages.fetch({ message: said.id, force: true });
    assert.equal(fetched.content, '');
  });

  test('refuses at the client what the registered command does not take', () => {
    const person = fake.asUser(alice);
    for (const values of [
      {},
      { prompt: 'x'.repeat(21) },
      { prompt: 'x', steps: 9 },
      { prompt: 'x', size: 1 },
    ]) {
      assert.throws(() => person.slash('paint', values), ClientRefusal);
    }
    assert.throws(() => person.slash('unknown'), ClientRefusal);
  });

  test('keeps the files that an edit lists and drops the others', async () => {
    const file = (number: number): AttachmentBuilder =>
      new AttachmentBuilder(pixel, { name: `${number}.png`, description: `Picture ${number}` });
    const posted = await channel().send({ content: 'four', files: [1, 2, 3, 4].map(file) });
    const stored = fake.world.messages.get(posted.id)?.attachments ?? [];
    assert.deepEqual(
      stored.map((entry) => entry.description),
      ['Picture 1', 'Picture 2', 'Picture 3', 'Picture 4'],
    );
    assert.equal(posted.attachments.first()?.width, 1);
    const kept = [...posted.attachments.values()].slice(0, 2);
    const edited = await posted.edit({ attachments: kept, files: [file(5)] });
    assert.deepEqual(
      edited.attachments.map((entry) => entry.name),
      ['1.png', '2.png', '5.png'],
    );
    // discord.js lists only the new files where it is given no old ones, so the old ones go.
    const replaced = await edited.edit({ files: [file(6)] });
    assert.deepEqual(
      replaced.attachments.map((entry) => entry.name),
      ['6.png'],
    );
    const untouched = await replaced.edit({ content: 'still one' });
    assert.equal(untouched.attachments.size, 1);
  });

  test('starts one thread on a message, with the id of the message', async () => {
    const posted = await channel().send('status');
    const thread = await posted.startThread({ name: 'Results', autoArchiveDuration: 1440 });
    assert.equal(thread.id, posted.id);
    await thread.send('inside');
    assert.deepEqual(
      fake.messages(thread.id).map((message) => message.content),
      ['inside'],
    );
    await assert.rejects(posted.startThread({ name: 'Again' }), hasCode(160_004));
  });

  test('tells of reactions both ways, with the fields of the real events', async () => {
    const posted = await channel().send('vote');
    await posted.react('🔁');
    fake.asUser(alice).react(posted, '🔁');
    fake.asUser(alice).unreact(posted, '🔁');
    const isOurs = (packet: (typeof raw)[number]): boolean =>
      packet.d?.['message_id'] === posted.id;
    await fake.waitFor(() =>
      raw.some((packet) => isOurs(packet) && packet.t === 'MESSAGE_REACTION_REMOVE'),
    );
    const [own, added, removed] = raw.filter(isOurs);
    assert.deepEqual(
      [own?.d['user_id'], added?.d['user_id'], removed?.d['user_id']],
      [client.user?.id, alice, alice],
    );
    assert.ok('member' in (added?.d ?? {}) && !('member' in (removed?.d ?? {})));
    const reactors = await posted.reactions.cache.get('🔁')?.users.fetch();
    assert.deepEqual([...(reactors?.keys() ?? [])], [client.user?.id]);
  });

  test('is asked again by discord.js after a 429', async () => {
    fake.rateLimitNext('POST /channels/:channel/messages', { retryAfter: 0.05 });
    await channel().send('patient');
    const sends = fake.requests.filter(
      (entry) => (entry.body as { content?: string })?.content === 'patient',
    );
    assert.deepEqual(
      sends.map((entry) => entry.status),
      [429, 200],
    );
  });

  test('does what was asked and hides it, when the outcome shall be unknown', async () => {
    fake.failNext('POST /channels/:channel/messages', { afterProcessing: true, status: 500 });
    const post = { content: 'once', nonce: 'abc', enforceNonce: true };
    await assert.rejects(channel().send(post));
    const again = await channel().send(post);
    assert.deepEqual(
      fake
        .messages(general)
        .filter((message) => message.content === 'once')
        .map(({ id }) => id),
      [again.id],
    );
    fake.failNext('POST /channels/:channel/messages', { afterProcessing: true, drop: 'reset' });
    await assert.rejects(channel().send('cut off'));
    assert.equal(fake.messages(general).at(-1)?.content, 'cut off');
  });

  test('repeats after a resume what happened while the bot was away', async () => {
    const posted = await channel().send('meanwhile');
    const { identify } = fake.gateway.counts;
    fake.dropGateway({ resumable: true });
    fake.asUser(alice).react(posted, '⬆️');
    await fake.waitFor(() => fake.gateway.counts.resume === 1);
    const isReplayed = (): boolean =>
      raw.some(({ t, d }) => t === 'MESSAGE_REACTION_ADD' && d['message_id'] === posted.id);
    await fake.waitFor(() => isReplayed());
    assert.equal(fake.gateway.counts.identify, identify);
  });

  test('talks in direct messages, where no thread can be started', async () => {
    const dm = await (await client.users.fetch(alice)).createDM();
    const sent = await dm.send('hello');
    assert.equal(dm.id, fake.asUser(alice).dmChannelId);
    await assert.rejects(
      client.rest.post(`/channels/${dm.id}/messages/${sent.id}/threads`, { body: { name: 'x' } }),
      hasCode(50_003),
    );
  });
});

function hasCode(code: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DiscordAPIError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}

describeRefusals();
describeGateway();
