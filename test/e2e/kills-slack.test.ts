import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import { slackIds, startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import type { FakeMessage } from '../fakes/slack/world.ts';
import { useKillBench } from '../helpers/kill-bench.ts';
import { until } from '../helpers/product.ts';

const { alice, general } = slackIds;

let slack: FakeSlack;
const bench = useKillBench(async () => {
  slack = await startFakeSlack();
  return {
    env: {
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_APP_TOKEN: slack.tokens.app,
      SLACK_API_URL: slack.apiUrl,
    },
    onChange: slack.onChange,
    close: () => slack.close(),
  };
});

/** How often Slack has dealt with such a call in this test; `upload` is the bytes of a file. */
function counter(method: string): () => number {
  const all = () =>
    method === 'upload'
      ? [...slack.world.files.values()].filter(({ bytes }) => bytes !== null).length
      : slack.calls.filter((call) => call.method === method && call.answer !== null).length;
  const past = all();
  return () => all() - past;
}

const ask = () =>
  slack.asUser(alice).slash('/imagine', `${bench.prompt} --steps 4`, { channel: general });
const shown = ({ blocks, text }: FakeMessage) => `${text} ${JSON.stringify(blocks)}`;
const pictures = ({ blocks }: FakeMessage) => blocks.filter(({ type }) => type === 'image');

/** Everything of one request that people can see. */
async function assertPostedOnce(request: StoredRequest): Promise<void> {
  assert.equal(request.status, 'done', request.failureMessage ?? '');
  const statuses = () =>
    slack
      .messages(general)
      .filter((message) => message.user !== alice && shown(message).includes(bench.prompt));
  assert.deepEqual(
    statuses().map(({ ts }) => ts),
    [request.statusMessage?.messageId],
    'one status message',
  );
  await until(() => statuses().some((message) => /4 pictures in/.test(shown(message))));
  const inThread = slack.messages(general, request.statusMessage?.messageId ?? '');
  const results = inThread.filter((message) => pictures(message).length > 0);
  assert.equal(results.length, 1, 'one results message');
  assert.equal(pictures(results[0] as FakeMessage).length, 4);
  assert.equal(results[0]?.reactions.length, 9, 'every reaction is under it');
  const mentions = inThread.filter((message) => shown(message).includes(`<@${alice}>`));
  assert.equal(mentions.length, 1, 'one mention');
  assert.equal(inThread.length, 2);
  assert.deepEqual(slack.unexpected, []);
}

describe('kill -9 of the bot in Slack', () => {
  const points: [call: string, nth: number][] = [
    ['chat.postMessage', 1],
    ['files.getUploadURLExternal', 1],
    ['upload', 1],
    ['files.completeUploadExternal', 1],
    ['files.info', 1],
    ['chat.postMessage', 2],
    ['chat.update', 1],
    ['chat.update', 3],
    ['reactions.add', 5],
    ['chat.postMessage', 3],
  ];
  for (const [call, nth] of points) {
    it(`at call ${nth} of ${call}: everything is there once after a restart`, async () => {
      const killed = bench.killWhen(bench.killBot, counter(call), nth);
      await ask();
      await killed;
      await bench.startBot();
      await assertPostedOnce(await bench.finished());
    });
  }
});

describe('kill -9 of the worker, seen in Slack', () => {
  it('while its first picture is uploaded: the next one draws the others', async () => {
    const killed = bench.killWhen(bench.killWorker, counter('upload'), 1);
    await ask();
    await killed;
    await bench.startWorker();
    await assertPostedOnce(await bench.finished());
  });
});
