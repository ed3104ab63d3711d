import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { slackManifest } from '#src/platforms/slack/manifest.ts';
import { botScopes } from '#src/platforms/slack/scopes.ts';
import { findSpec, readSpec } from '../../../fakes/specs.ts';
import { describe } from './descriptions.ts';

const commands = [describe('imagine', '画图'), describe('queue', '队列')];
const variants = {
  'Socket Mode': slackManifest({ socketMode: true, commands }),
  HTTP: slackManifest({ socketMode: false, publicUrl: 'https://draw.example.com/', commands }),
};

for (const file of ['slack-manifest-v1.schema.json', 'slack-manifest-v2.schema.json']) {
  const spec = findSpec(file);
  for (const [name, manifest] of Object.entries(variants)) {
    test(`fits ${file} for ${name}`, { skip: spec.found ? false : spec.reason }, () => {
      const check = new Ajv({ strict: false, validateFormats: false }).compile(
        readSpec(file) as object,
      );
      assert.ok(check(manifest), JSON.stringify(check.errors));
    });
  }
}

test('has no address in Socket Mode and one everywhere Slack posts to in HTTP mode', () => {
  assert.doesNotMatch(JSON.stringify(variants['Socket Mode']), /https?:/);
  const urls = JSON.stringify(variants.HTTP).match(/https:[^"]+/g);
  assert.deepEqual(urls, Array(5).fill('https://draw.example.com/slack/events'));
});

test('asks for the scopes that each event and look-up needs', () => {
  for (const scope of ['channels:history', 'groups:history', 'im:history', 'reactions:read']) {
    assert.ok(scope in botScopes);
  }
  assert.match(JSON.stringify(variants.HTTP), /"bot":\["commands"/);
});
