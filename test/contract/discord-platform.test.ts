import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { loadCommands } from '#src/commands/registry.ts';
import { describeCommand } from '#src/commands/describe.ts';
import { loadConfig } from '#src/config.ts';
import discord from '#src/platforms/discord.ts';
import { createDiscordPlatform } from '#src/platforms/discord/platform.ts';
import { defaultIds, startFakeDiscord } from '../fakes/discord/fake-discord.ts';
import { commands, place, startStand, status, type Stand } from './discord-stand.ts';
import { createRecordingInbox } from '../helpers/recording-inbox.ts';

const { alice, bao, carol, design, general } = defaultIds;
const listCommands = 'GET /applications/{application_id}/commands';
const putCommands = 'PUT /applications/{application_id}/commands';

suite('commands of Discord', () => {
  let stand: Stand;

  before(async () => {
    stand = await startStand();
  });
  beforeEach(() => {
    stand.inbox.commands.length = 0;
    stand.inbox.actions.length = 0;
    stand.inbox.onCommand(async () => undefined);
    stand.log.length = 0;
  });
  after(() => stand.stop());

  test('registers commands once and not again while they stay the same', async () => {
    assert.equal(stand.calls(putCommands), 1);
    await stand.restart();
    assert.equal(stand.calls(listCommands), 2);
    assert.equal(stand.calls(putCommands), 1);
  });

  test('offers names in both languages and limits as Discord checks them', () => {
    const registered = stand.fake.world.commands.get('global') ?? [];
    const imagine = registered.find(({ name }) => name === 'imagine');
    assert.deepEqual(imagine?.['name_localizations'], {
      'en-US': 'imagine',
      'en-GB': 'imagine',
      'zh-CN': '画图',
    });
    assert.equal(imagine?.['default_member_permissions'], null);
    assert.deepEqual(imagine?.['contexts'], [0, 1]);
    assert.throws(() => stand.fake.asUser(alice).slash('imagine', { prompt: 'x', steps: 21 }), {
      message: /at most 20/,
    });
  });

  test('acknowledges a command before the core is done', async () => {
    let finish = () => {};
    stand.inbox.onCommand(() => new Promise((resolve) => (finish = resolve)));
    const handle = stand.fake.asUser(alice).slash('queue');
    await handle.answered();
    assert.equal(handle.answerType, 5);
    assert.equal(handle.isEphemeral, true);
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    finish();
  });

  test('hands over typed options with person and place', async () => {
    const where = { channelId: design };
    const handle = stand.fake.asUser(carol).slash('imagine', { prompt: 'a cat', steps: 4 }, where);
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    const { reply: _, person, ...rest } = stand.inbox.commands[0]!;
    assert.deepEqual(rest, {
      id: handle.id,
      command: 'imagine',
      values: { prompt: 'a cat', steps: 4 },
      place,
    });
    const { roleIds, ...who } = person;
    assert.deepEqual(who, { id: carol, name: 'Carol', locale: 'en', isLead: true });
    assert.equal(roleIds?.length, 1);
  });

  test('knows who is no lead and who speaks Chinese', async () => {
    stand.fake.asUser(bao).slash('queue');
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    const { person } = stand.inbox.commands[0]!;
    assert.deepEqual(person, {
      id: bao,
      name: '小宝',
      locale: 'zh-CN',
      isLead: false,
      roleIds: [],
    });
  });

  test('answers privately, first in place of "thinking" and then below it', async () => {
    stand.inbox.onCommand(async ({ reply }) => {
      await reply({
        text: 'Queued **not bold**.',
        controls: [{ id: 'cancel:r1', action: 'cancel', label: 'Cancel', style: 'danger' }],
      });
      await reply({ text: 'And more.' });
    });
    const handle = stand.fake.asUser(alice).slash('queue');
    await stand.fake.waitFor(() => handle.followups.length === 1);
    assert.equal(handle.message?.content, 'Queued \\*\\*not bold\\*\\*.');
    assert.match(JSON.stringify(handle.message?.components), /cancel:r1/);
    assert.equal(handle.followups[0]?.ephemeralFor, alice);
    assert.deepEqual(stand.fake.messages(general), []);
  });

  test('splits an answer that is longer than a message', async () => {
    const line = 'x'.repeat(900);
    stand.inbox.onCommand(({ reply }) => reply({ text: [line, line, line].join('\n') }));
    const handle = stand.fake.asUser(alice).slash('queue');
    await stand.fake.waitFor(() => handle.followups.length === 1);
    assert.equal(handle.message?.content.length, 1801);
    assert.equal(handle.followups[0]?.content, line);
  });

  test('takes "thinking" away where nothing is said', async () => {
    const handle = stand.fake.asUser(alice).slash('queue');
    await stand.fake.waitFor(() => handle.history.some(({ kind }) => kind === 'delete'));
    assert.equal(handle.message, null);
  });

  test('tells the person in their language what went wrong', async () => {
    const localized = { 'zh-CN': '空间不足' };
    const failure = new AppError('STORAGE_FAILED', 'no space', { localized });
    stand.inbox.onCommand(() => Promise.reject(failure));
    const handle = stand.fake.asUser(bao).slash('queue');
    assert.equal((await handle.settled()).content, '没有成功：空间不足');
  });

  test('tells the person in the channel when the interaction is no longer known', async () => {
    const lost = { status: 404, code: 10_062, message: 'Unknown interaction' };
    stand.fake.failNext('POST /interactions/:id/:token/callback', lost);
    stand.inbox.onCommand(({ reply }) => reply({ text: 'Queued as k3.' }));
    stand.fake.asUser(alice).slash('queue', {}, { channelId: design });
    const told = await stand.fake.waitFor(() => stand.fake.messages(design)[0]);
    assert.equal(told.content, `<@${alice}> Queued as k3.`);
    assert.deepEqual(told.pings, []);
    stand.fake.asUser(carol).deleteMessage(told);
    assert.match(stand.log.map(({ message }) => message).join(), /can no longer be answered/);
  });

  test('goes on when the acknowledgement was made and its answer was lost', async () => {
    stand.fake.failNext('POST /interactions/:id/:token/callback', { afterProcessing: true });
    stand.inbox.onCommand(({ reply }) => reply({ text: 'Queued.' }));
    const handle = stand.fake.asUser(alice).slash('queue');
    assert.equal((await handle.settled()).content, 'Queued.');
  });

  test('offers suggestions by autocomplete', async () => {
    const handle = await stand.fake
      .asUser(alice)
      .autocomplete('imagine', { prompt: 'x', size: 'squ' }, 'size')
      .answered();
    assert.deepEqual(handle.choices, [{ name: 'size square', value: '512x512' }]);
  });

  test('offers 25 suggestions at most, none when they fail or take too long', async () => {
    const offer = async (suggest: typeof stand.inbox.suggest) => {
      stand.inbox.suggest = suggest;
      const typed = stand.fake.asUser(alice).autocomplete('imagine', { size: 'x' }, 'size');
      return (await typed.answered()).choices;
    };
    const many = Array.from({ length: 30 }, (_, i) => ({ label: 'n'.repeat(120), value: `${i}` }));
    const shown = await offer(async () => many);
    assert.equal(shown?.length, 25);
    assert.equal(String(shown?.[0]?.['name']).length, 100);
    assert.deepEqual(await offer(() => Promise.reject(new Error('no'))), []);
    assert.deepEqual(await offer(() => new Promise(() => {})), []);
  });

  test('opens the form for a command without a prompt and takes what is filled in', async () => {
    const person = stand.fake.asUser(bao);
    const where = { channelId: design };
    const opened = await person.slash('imagine', { cfg: 3, seed: 7, ar: '3:2' }, where).answered();
    assert.equal(opened.modal?.['title'], '新图片');
    const fields = JSON.stringify(opened.modal?.['components']);
    for (const name of ['prompt', 'negative', 'cfg', 'seed', 'ar']) {
      assert.match(fields, new RegExp(`"custom_id":"${name}"`));
    }
    assert.equal(stand.inbox.commands.length, 0);
    const sent = person.submitModal(opened, { prompt: '一只猫', seed: '' });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    const [invocation] = stand.inbox.commands;
    assert.equal(invocation?.id, sent.id);
    assert.deepEqual(invocation?.values, { prompt: '一只猫', cfg: '3', ar: '3:2' });
    assert.deepEqual(invocation?.place, place);
    await invocation?.reply({ text: 'queued' });
    assert.equal((await sent.settled()).content, 'queued');
  });

  test('keeps what was typed and found no room in the form', async () => {
    const person = stand.fake.asUser(alice);
    const typed = { size: '512x512', ar: '1:1', steps: 4, cfg: 2, seed: 1 };
    const opened = await person.slash('imagine', typed).answered();
    person.submitModal(opened, { prompt: 'a cat' });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    assert.deepEqual(stand.inbox.commands[0]?.values, {
      prompt: 'a cat',
      size: '512x512',
      ar: '1:1',
      steps: '4',
      cfg: 2,
      seed: 1,
    });
  });

  test('opens the form of a command without required options when asked to', async () => {
    const person = stand.fake.asUser(carol);
    const opened = await person.slash('settings', { form: true }).answered();
    assert.equal(opened.modal?.['title'], '/settings');
    person.submitModal(opened, { allowed: ['true'], language: [] });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    assert.deepEqual(stand.inbox.commands[0]?.values, { allowed: 'true' });
    person.slash('settings', { allowed: false });
    await stand.inbox.until(() => stand.inbox.commands.length === 2);
    assert.deepEqual(stand.inbox.commands[1]?.values, { allowed: false });
  });

  test('fills the form with a message that "Imagine this" is used on', async () => {
    const said = stand.fake.asUser(bao).say('a castle in *fog*', { channelId: design });
    const person = stand.fake.asUser(alice);
    const opened = await person.messageCommand('Imagine this', said).answered();
    assert.match(JSON.stringify(opened.modal), /"value":"a castle in \*fog\*"/);
    person.submitModal(opened, {});
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    const [invocation] = stand.inbox.commands;
    assert.equal(invocation?.quoted, 'a castle in *fog*');
    assert.deepEqual(invocation?.values, { prompt: 'a castle in *fog*' });
    stand.fake.asUser(bao).deleteMessage(said);
  });

  test('takes a form that was opened before a restart', async () => {
    const person = stand.fake.asUser(alice);
    const opened = await person.slash('imagine').answered();
    await stand.restart();
    person.submitModal(opened, { prompt: 'a cat' });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    assert.deepEqual(stand.inbox.commands[0]?.values, { prompt: 'a cat' });
  });

  test('says how to ask when a form cannot be opened', async () => {
    const refused = { status: 400, code: 50_035, message: 'Invalid Form Body' };
    stand.fake.failNext('POST /interactions/:id/:token/callback', refused);
    const handle = stand.fake.asUser(alice).slash('imagine');
    assert.match((await handle.settled()).content, /form could not be opened/);
  });

  test('takes a command in a thread as one of its channel and the thread', async () => {
    const ref = await stand.platform.publishStatus(place, null, status());
    const thread = await stand.platform.openThread(place, ref, 'a red apple');
    await stand.restart();
    stand.fake.asUser(alice).slash('queue', {}, { channelId: thread.threadId! });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    assert.deepEqual(stand.inbox.commands[0]?.place, { ...place, threadId: ref.messageId });
    await stand.platform.remove(ref);
  });

  test('takes a direct message as a place of its own whose person leads it', async () => {
    const person = stand.fake.asUser(alice);
    person.slash('queue', {}, { channelId: person.dmChannelId });
    await stand.inbox.until(() => stand.inbox.commands.length === 1);
    const [invocation] = stand.inbox.commands;
    assert.deepEqual(invocation?.place, {
      platform: 'discord',
      workspaceId: `dm:${person.dmChannelId}`,
      channelId: person.dmChannelId,
      threadId: null,
    });
    assert.equal(invocation?.person.isLead, true);
  });
});

suite('the commands of the product', () => {
  test('are taken by Discord as they are', async () => {
    const scope = {
      models: ['pocket'],
      styles: ['ink'],
      sizes: ['square'],
      presets: ['draft'],
      limits: { steps: { min: 1, max: 50 }, cfg: { min: 1, max: 20 }, promptLength: 2000 },
    };
    const descriptions = [...(await loadCommands()).values()].map((command) =>
      describeCommand(command, scope),
    );
    const stand = await startStand();
    const inbox = createRecordingInbox(descriptions);
    await stand.platform.stop();
    await stand.platform.start(inbox);
    assert.deepEqual(
      stand.log.filter(({ level }) => level !== 'info'),
      [],
    );
    const names = stand.fake.world.commands.get('global')?.map(({ name }) => name);
    assert.deepEqual(names, [...descriptions.map(({ name }) => name), 'Imagine this']);
    for (const { name, hasForm } of descriptions.filter((one) => one.hasForm)) {
      assert.ok(hasForm);
      const values = name === 'imagine' ? {} : { form: true };
      const opened = await stand.fake.asUser(carol).slash(name, values).answered();
      assert.notEqual(opened.modal, null, name);
    }
    await stand.stop();
  });
});

suite('starting with Discord', () => {
  const quiet = { info() {}, warn() {}, error() {} };
  const create = (apiUrl: string, token: string) =>
    createDiscordPlatform({ token, apiUrl, logger: quiet, timing: { startMs: 2000 } });

  test('rejects a wrong token with what to do, and without the token', async () => {
    const fake = await startFakeDiscord();
    const platform = create(fake.apiUrl, 'very-secret');
    await assert.rejects(platform.start(createRecordingInbox(commands)), (thrown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.code, 'PLATFORM_FAILED');
      assert.equal(thrown.retryable, false);
      assert.match(thrown.message, /does not take the token.*DISCORD_TOKEN/);
      assert.doesNotMatch(thrown.message, /very-secret/);
      return true;
    });
    await platform.stop();
    await fake.close();
  });

  test('rejects when nothing answers, and can be tried again', async () => {
    const platform = create('http://127.0.0.1:9/api', 'secret');
    await assert.rejects(platform.start(createRecordingInbox(commands)), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      message: /ECONNREFUSED/,
    });
    await platform.stop();
  });

  test('says so when Discord hangs up on the intents', async () => {
    const fake = await startFakeDiscord();
    const platform = createDiscordPlatform({
      token: fake.token,
      apiUrl: fake.apiUrl,
      logger: quiet,
      ws: {
        buildIdentifyThrottler: async () => ({
          async waitForIdentify() {
            fake.dropGateway({ resumable: false, how: 4014 });
            await new Promise(() => {});
          },
        }),
      },
    });
    await assert.rejects(platform.start(createRecordingInbox(commands)), {
      code: 'PLATFORM_FAILED',
      message: /refuses the events.*intents/,
    });
    await platform.stop();
    await fake.close();
  });

  test('starts after a failure with the same object', async () => {
    const fake = await startFakeDiscord();
    fake.failNext('GET /gateway/bot', { status: 503, times: 3 });
    const platform = create(fake.apiUrl, fake.token);
    await assert.rejects(platform.start(createRecordingInbox(commands)), { retryable: true });
    await platform.start(createRecordingInbox(commands));
    assert.match(
      platform.invitation ?? '',
      /client_id=100000000000000001&permissions=\d+&scope=bot/,
    );
    await platform.stop();
    await fake.close();
  });

  test('finds the invite link by the token alone', async () => {
    const fake = await startFakeDiscord();
    const setUp = async (token: string) => {
      const config = loadConfig({ DISCORD_TOKEN: token, DISCORD_API_URL: fake.apiUrl });
      return discord.setUp({ config, commands });
    };
    assert.match((await setUp(fake.token)).text ?? '', /client_id=100000000000000001&/);
    await assert.rejects(setUp('very-secret'), { message: /^Discord does not take the token/ });
    await fake.close();
  });

  test('diagnoses without a connection, after a failed one too', async () => {
    const fake = await startFakeDiscord();
    const platform = create(fake.apiUrl, fake.token);
    const found = async () =>
      (await platform.diagnose('en')).map(({ name, ok }) => `${name}: ${ok}`).slice(0, 3);
    const expected = ['Discord login: true', 'clock: true', 'Discord events: false'];
    assert.deepEqual(await found(), expected);
    fake.failNext('GET /gateway/bot', { status: 503, times: 3 });
    await assert.rejects(platform.start(createRecordingInbox(commands)));
    assert.deepEqual(await found(), expected);
    const { detail } = (await platform.diagnose('en'))[2] ?? {};
    assert.match(detail ?? '', /did not answer/);
    await platform.stop();
    await fake.close();
  });

  test('works with the commands of an earlier start when Discord takes no new ones', async () => {
    const fake = await startFakeDiscord();
    const full = { status: 429, code: 30_034, message: 'Max number of daily creates' };
    fake.failNext('PUT /applications/:id/commands', { ...full, status: 400 });
    const platform = create(fake.apiUrl, fake.token);
    await platform.start(createRecordingInbox(commands));
    const said = (await platform.diagnose('en')).find(({ name }) => name === 'Discord commands');
    assert.equal(said?.ok, false);
    assert.match(said?.detail ?? '', /^0 registered/);
    await platform.stop();
    await fake.close();
  });
});
