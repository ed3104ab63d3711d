import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { AppError } from '#src/errors.ts';
import {
  insertTextChunks,
  readPngChunks,
  readPngTexts,
  xmpKeyword,
} from '#src/images/png-chunks.ts';
import { encodePng } from '#src/images/png.ts';
import { makePicture } from './pictures.ts';

const png = await encodePng(makePicture(16, 8));

/** Puts a chunk of any content right before the end of a file. */
function withChunk(file: Buffer, type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([file.subarray(0, -12), length, body, checksum, file.subarray(-12)]);
}

describe('readPngChunks', () => {
  it('lists the chunks from header to end', () => {
    const types = readPngChunks(png).map(({ type }) => type);
    assert.equal(types[0], 'IHDR');
    assert.equal(types.at(-1), 'IEND');
    assert.ok(types.includes('IDAT'));
  });

  it('ignores what follows the end', () => {
    const longer = Buffer.concat([png, Buffer.from('more')]);
    assert.equal(readPngChunks(longer).length, readPngChunks(png).length);
  });

  it('refuses a file of another kind', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('GIF89a'), png.subarray(1)]) {
      assert.throws(() => readPngChunks(bytes), {
        code: 'INVALID_REQUEST',
        message: /not a PNG file/,
      });
    }
  });

  it('refuses a file that is cut off anywhere', () => {
    for (let length = 8; length < png.length; length += 1) {
      assert.throws(() => readPngChunks(png.subarray(0, length)), {
        code: 'INVALID_REQUEST',
        message: new RegExp(`cut off after ${length} bytes`),
      });
    }
  });

  it('refuses a chunk whose checksum is wrong', () => {
    const damaged = Buffer.from(png);
    damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20);
    assert.throws(() => readPngChunks(damaged), {
      code: 'INVALID_REQUEST',
      message: /damaged: the checksum of a chunk at byte 8 is wrong/,
    });
  });
});

describe('insertTextChunks', () => {
  it('writes latin-1 text as tEXt and other text as iTXt, before the pixels, in order', () => {
    const texts = [
      { keyword: 'one', text: 'café\nline' },
      { keyword: 'two', text: '火箭' },
      { keyword: 'three', text: 'tab\tand return\r\n' },
      { keyword: 'four', text: '' },
    ];
    const file = insertTextChunks(png, texts);
    const types = readPngChunks(file).map(({ type }) => type);
    const start = types.indexOf('IDAT');
    assert.deepEqual(types.slice(start - 4, start), ['tEXt', 'iTXt', 'iTXt', 'tEXt']);
    assert.deepEqual(readPngTexts(file), texts);
  });

  it('leaves every other chunk as it was', () => {
    const file = insertTextChunks(png, [{ keyword: 'one', text: 'text' }]);
    const rest = readPngChunks(file).filter(({ type }) => type !== 'tEXt');
    assert.deepEqual(rest, readPngChunks(png));
    assert.deepEqual(insertTextChunks(png, []), png);
  });

  it('always writes XMP as iTXt', () => {
    const file = insertTextChunks(png, [{ keyword: xmpKeyword, text: '<x/>' }]);
    const chunk = readPngChunks(file).find(({ type }) => type === 'iTXt');
    assert.equal(chunk?.data.toString('latin1'), `${xmpKeyword}\0\0\0\0\0<x/>`);
  });

  it('replaces NUL, which would end the text early', () => {
    const file = insertTextChunks(png, [{ keyword: 'one', text: 'a\0b' }]);
    assert.deepEqual(readPngTexts(file), [{ keyword: 'one', text: 'a\u{fffd}b' }]);
  });

  it('refuses a keyword that the format cannot hold', () => {
    for (const keyword of ['', ' one', 'one ', '火', 'a\0b', 'x'.repeat(80)]) {
      assert.throws(() => insertTextChunks(png, [{ keyword, text: '' }]), { code: 'INTERNAL' });
    }
  });
});

describe('readPngTexts', () => {
  it('reads compressed texts', () => {
    const zText = Buffer.concat([
      Buffer.from('old\0\0', 'latin1'),
      deflateSync(Buffer.from('é', 'latin1')),
    ]);
    const iText = Buffer.concat([
      Buffer.from('new\0\u{1}\0zh\0title\0', 'latin1'),
      deflateSync('火箭'),
    ]);
    const file = withChunk(withChunk(png, 'zTXt', zText), 'iTXt', iText);
    assert.deepEqual(readPngTexts(file), [
      { keyword: 'old', text: 'é' },
      { keyword: 'new', text: '火箭' },
    ]);
  });

  it('refuses a text that unpacks to more than anyone writes', () => {
    const bomb = deflateSync(Buffer.alloc(16 * 1024 * 1024));
    const file = withChunk(png, 'zTXt', Buffer.concat([Buffer.from('big\0\0', 'latin1'), bomb]));
    assert.throws(() => readPngTexts(file), { code: 'INVALID_REQUEST', message: /"big".*larger/ });
  });

  it('refuses many such texts in one small file', () => {
    const text = Buffer.concat([
      Buffer.from('big\0\0', 'latin1'),
      deflateSync(Buffer.alloc(4 * 1024 * 1024)),
    ]);
    let file = png;
    for (let i = 0; i < 5; i += 1) file = withChunk(file, 'zTXt', text);
    assert.throws(() => readPngTexts(file), { code: 'INVALID_REQUEST', message: /together/ });
  });

  it('refuses a file that is nothing but chunks', () => {
    const empty = withChunk(png, 'none', Buffer.alloc(0)).subarray(png.length - 12, png.length);
    const many = Buffer.concat([
      png.subarray(0, -12),
      Buffer.concat(Array.from({ length: 70_000 }, () => empty)),
      png.subarray(-12),
    ]);
    assert.throws(() => readPngTexts(many), { code: 'INVALID_REQUEST', message: /chunks/ });
  });

  it('says what is wrong in Chinese too', () => {
    assert.throws(
      () => readPngTexts(Buffer.from('GIF89a')),
      (thrown) =>
        thrown instanceof AppError && thrown.localized['zh-CN']?.startsWith('这不是 PNG') === true,
    );
  });

  it('refuses a text without an end of its keyword', () => {
    assert.throws(() => readPngTexts(withChunk(png, 'tEXt', Buffer.from('endless'))), {
      code: 'INVALID_REQUEST',
      message: /\(tEXt\) is damaged/,
    });
  });
});
