import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  aiSourceType,
  buildPictureTexts,
  type PictureRecord,
  readPictureSettings,
} from '#src/images/metadata.ts';
import { insertTextChunks, readPngTexts } from '#src/images/png-chunks.ts';
import { encodePng } from '#src/images/png.ts';
import sharp from 'sharp';
import { makePicture, plainRecord, richRecord } from './pictures.ts';

const bare = await encodePng(makePicture(8, 8));

function withRecord(text: string): Buffer {
  return insertTextChunks(bare, [{ keyword: 'quartet', text }]);
}

describe('buildPictureTexts', () => {
  it('says that the picture is AI-generated, in XMP that image libraries find', async () => {
    const png = await encodePng(makePicture(8, 8), buildPictureTexts(plainRecord));
    const { xmp } = await sharp(png).metadata();
    assert.match(xmp?.toString('utf8') ?? '', new RegExp(`DigitalSourceType>${aiSourceType}<`));
    assert.match(aiSourceType, /^http:\/\/cv\.iptc\.org\/.*\/trainedAlgorithmicMedia$/);
  });

  it('does not say so when that is turned off', async () => {
    const texts = buildPictureTexts(plainRecord, { sayAiGenerated: false });
    const png = await encodePng(makePicture(8, 8), texts);
    assert.deepEqual(
      readPngTexts(png).map(({ keyword }) => keyword),
      ['parameters', 'quartet'],
    );
    assert.equal((await sharp(png).metadata()).xmp, undefined);
    assert.ok(!png.includes('trainedAlgorithmicMedia'));
  });

  it('gives the same bytes whatever the order of the fields', async () => {
    const reversed = Object.fromEntries(Object.entries(richRecord).reverse());
    const files = [richRecord, reversed as unknown as PictureRecord].map((record) =>
      encodePng(makePicture(16, 16), buildPictureTexts(record)),
    );
    const [first, second] = await Promise.all(files);
    assert.deepEqual(first, second);
  });

  it('leaves out what is not part of the record', () => {
    const record = { ...plainRecord, seconds: 12.5, createdAt: '2026-01-01' };
    assert.deepEqual(buildPictureTexts(record), buildPictureTexts(plainRecord));
  });
});

describe('readPictureSettings', () => {
  for (const [name, record] of Object.entries({ plain: plainRecord, Chinese: richRecord })) {
    it(`reads a ${name} record back exactly`, async () => {
      const png = await encodePng(makePicture(16, 8), buildPictureTexts(record));
      assert.deepEqual(readPictureSettings(png), { source: 'quartet', record });
    });
  }

  it('reads the prompt back exactly even with characters that PNG texts cannot hold', () => {
    const record = { ...plainRecord, prompt: 'nul \0, lone \ud800, tab \t' };
    const png = insertTextChunks(bare, buildPictureTexts(record));
    assert.deepEqual(readPictureSettings(png), { source: 'quartet', record });
  });

  it("falls back to another program's parameters", () => {
    const text = '城堡\nSteps: 30, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512';
    const png = insertTextChunks(bare, [{ keyword: 'parameters', text }]);
    assert.deepEqual(readPictureSettings(png), {
      source: 'parameters',
      settings: {
        prompt: '城堡', negative: '', steps: 30, cfg: 7, seed: 5, size: { width: 512, height: 512 },
      },
    }); // prettier-ignore
  });

  it('refuses what is no PNG file, and a picture without settings', () => {
    assert.throws(() => readPictureSettings(Buffer.from('not a picture')), {
      code: 'INVALID_REQUEST',
      message: /not a PNG file/,
    });
    assert.throws(() => readPictureSettings(bare), {
      code: 'INVALID_REQUEST',
      message: /carries no settings \(no text named quartet or parameters\)/,
    });
  });

  it('refuses a record that is no JSON, does not fit or comes from a newer program', () => {
    const faults: [string, RegExp][] = [
      ['{', /not readable as JSON/],
      [JSON.stringify({ ...plainRecord, seed: -1 }), /do not fit[^]*seed/],
      [JSON.stringify({ version: 2 }), /version 2, this program reads version 1/],
      ['null', /do not fit/],
    ];
    for (const [text, message] of faults) {
      assert.throws(() => readPictureSettings(withRecord(text)), {
        code: 'INVALID_REQUEST',
        message,
      });
    }
  });
});
