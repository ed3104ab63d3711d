import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sentences as discordTexts } from '#src/platforms/discord/texts.ts';
import { sentences as slackTexts } from '#src/platforms/slack/texts.ts';
import { requestTexts } from '#src/request-texts.ts';
import { texts as pageTexts } from '#src/server/page/texts/index.ts';
import { zhCn } from '#src/texts/zh-cn.ts';
import { englishWords } from '../../helpers/english-words.ts';

const chineseOf = (sentences: Record<string, Record<'zh-CN', string>>) =>
  Object.fromEntries(Object.entries(sentences).map(([key, texts]) => [key, texts['zh-CN']]));

const tables: Record<string, Record<string, string>> = {
  'the bot': zhCn,
  'the page': pageTexts['zh-CN'],
  Discord: chineseOf(discordTexts),
  Slack: chineseOf(slackTexts),
};

describe('Chinese texts', () => {
  for (const [name, table] of Object.entries(tables)) {
    it(`of ${name} hold no English that was left`, () => {
      const left = Object.entries(table)
        // It leads to English, and says so to those who read that.
        .filter(([key]) => key !== 'language.switch')
        .map(([key, text]) => [key, ...englishWords(text)])
        .filter(([, ...words]) => words.length > 0);
      assert.deepEqual(left, []);
    });

    it(`of ${name} use Chinese punctuation beside Chinese`, () => {
      const odd = Object.entries(table).filter(([, text]) =>
        /\p{Script=Han}[,;!?]|\p{Script=Han}:(?![^\s])|\p{Script=Han}\.(?!\w)/u.test(text),
      );
      assert.deepEqual(odd, []);
    });
  }

  it('of faults hold no English that was left', () => {
    const say = requestTexts['zh-CN'];
    const range = { value: '7', min: 1, max: 4, nearest: 4 };
    const faults = [
      say.promptEmpty(),
      say.promptTooLong('negative', 9, 8),
      say.sizeForm('7', '1024x1024', ['square']),
      say.sizeRange(say.sides([['width', 7], ['height', 9]]), 16, range),
      say.wholeNumber('steps', range),
      say.number('cfg', range),
      say.unknownName('style', '7', ['flat'], 'flat'),
      say.unknownName('preset', '7', [], null),
      say.tile(16, range),
      say.strength('7'),
      say.strengthWithoutImage('7'),
      say.latentsMismatch('count', '7', '8'),
    ]; // prettier-ignore
    const all = [
      ...faults.flatMap(({ allowed, message }) => [allowed, message]),
      say.negativeIsInert(),
      say.guidanceDoubles(3),
    ];
    assert.deepEqual(
      all.flatMap((text) => englishWords(text)),
      [],
    );
  });
});

describe('the look for English', () => {
  it('finds a word that was left, not names, values or quoted labels', () => {
    assert.deepEqual(englishWords('已完成 done，用 --steps 8 或“Attach Files”'), ['done']);
    assert.deepEqual(englishWords('尺寸 {value}（width 7）'), ['width']);
  });
});
