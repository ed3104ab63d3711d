import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Person } from '#src/types/chat.ts';
import { useBench } from '../helpers/bench.ts';
import { englishWords } from '../helpers/english-words.ts';
import { bao, carol } from '../helpers/memory-platform.ts';
import { until } from '../helpers/product.ts';

const bench = useBench();
const lead: Person = { ...carol, id: 'chen', name: '陈', locale: 'zh-CN' };
const person: Person = { ...bao, name: '宝' };

/** What people read, without the ids of requests. */
async function withoutIds(texts: string[]): Promise<string[]> {
  const requests = await bench.store().requests.listRecent({ limit: 100 });
  const ids = requests.map(({ shortId }) => shortId);
  return texts.map((text) => ids.reduce((left, id) => left.replaceAll(id, ''), text));
}

describe('whoever reads Chinese', () => {
  it('reads no English, whatever they ask for and whatever goes wrong', async () => {
    await bench.product.startWorker(bench.engine);
    await bench.drawn('一个红苹果 --步数 2 --风格 flat', person);
    const results = await bench.message('results', 'complete');
    for (const action of ['vote-2', 'details', 'vary', 'cancel', 'enlarge'])
      await bench.chat.press(person, `${action}:${results.requestId}`);
    await bench.chat.press(lead, `reroll:${results.requestId}`);
    await until(async () => (await bench.openCount()) === 0);
    await bench.product.stopWorker();

    const lines: [Person, string, string][] = [
      [person, 'imagine', '--步数 900 --cfg 高 --尺寸 99x99 --种子 -1 --数量 9 --风格 无名 --预设 快 --模型 大'],
      [person, 'imagine', '苹果 --ar 99:1 --ar 1:1 --负面 字'],
      [person, 'imagine', '苹果 --size 128x128 --ar 1:1'],
      [person, 'imagine', '苹果 --steps'],
      [person, 'imagine', '苹果 --cfg 1 --no 文字'],
      [person, 'imagine', '词'.repeat(6000)],
      [person, '队列', ''], [person, '取消', 'zzz'], [person, '取消', ''], [person, '取消', 'all'],
      [person, '取消', ''], [person, '队列', ''],
      [person, '风格', ''], [person, '风格', '保存'], [person, '风格', '保存 ! x'], [person, '风格', '删除'],
      [person, '风格', '保存 水墨 水墨画'], [person, '风格', '保存 水墨 水墨画'], [person, '风格', '删除 无'],
      [person, '风格', '删除 水墨'], [person, '风格', '跳舞'],
      [person, '历史', '99'], [person, '历史', ''], [lead, '历史', ''],
      [person, '设置', ''], [person, '检查', ''], [person, '跳舞', ''],
      [lead, '设置', '--允许 也许 --语言 法语'], [lead, '设置', '--重画 谁 --模型 大 --成人 是'],
      [lead, '设置', '--屏蔽 坏词 --重画 3'], [person, 'imagine', '一个坏词'],
      [lead, '设置', '--允许 否'], [person, 'imagine', '一只猫'], [lead, '设置', '--允许 是'],
      [lead, '检查', ''], [person, '帮助', ''], [person, '帮助', '跳舞'],
      [person, '帮助', '画图'], [person, '帮助', '设置'], [person, '帮助', '风格'],
    ]; // prettier-ignore
    for (const [who, command, line] of lines) {
      const replies = await bench.chat.command(who, command, line);
      assert.ok(replies.length > 0, `${command} ${line}`);
    }

    const told = [person, lead].flatMap(({ id }) => bench.chat.told.get(id) ?? []);
    const posted = bench.chat.messages.flatMap(({ text, progress, pictures }) => [
      ...text,
      progress?.text ?? '',
      ...pictures.map(({ altText }) => altText),
    ]);
    const controls = told.flatMap((one) => one.controls ?? []).map(({ label }) => label);
    const all = await withoutIds([...told.map(({ text }) => text), ...posted, ...controls]);
    const typed = ['zzz', 'general', 'flat', 'illustration'];
    assert.ok(all.length > 60);
    assert.deepEqual(
      all
        .map((text) => [text, ...englishWords(text, typed)])
        .filter(([, ...words]) => words.length > 0),
      [],
    );
  });
});
