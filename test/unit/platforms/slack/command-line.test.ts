import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMention, readSlashCommand } from '#src/platforms/slack/command-line.ts';
import { describe } from './descriptions.ts';

const commands = [describe('imagine', '画图'), describe('queue', '队列'), describe('help', '帮助')];

test('gives the main command its whole line', () => {
  assert.deepEqual(readSlashCommand(commands, '/imagine', ' queue up a cat —steps 4 '), {
    kind: 'command',
    name: 'imagine',
    line: 'queue up a cat —steps 4',
  });
});

test('finds another command by its first word in every language', () => {
  for (const word of ['queue', 'QUEUE', '队列']) {
    assert.deepEqual(readSlashCommand(commands, '/quartet', `${word} mine`), {
      kind: 'command',
      name: 'queue',
      line: 'mine',
    });
  }
});

test('asks for help when no word was typed', () => {
  assert.deepEqual(readSlashCommand(commands, '/quartet', ''), {
    kind: 'command',
    name: 'help',
    line: '',
  });
});

test('names a word that is no command', () => {
  assert.deepEqual(readSlashCommand(commands, '/quartet', 'dance now'), {
    kind: 'unknown',
    word: 'dance',
  });
});

test('takes a mention for a prompt unless it is plainly a command', () => {
  assert.deepEqual(readMention(commands, 'queue of people at night'), {
    kind: 'command',
    name: 'imagine',
    line: 'queue of people at night',
  });
  assert.deepEqual(readMention(commands, 'queue'), { kind: 'command', name: 'queue', line: '' });
  assert.deepEqual(readMention(commands, '/queue mine'), {
    kind: 'command',
    name: 'queue',
    line: 'mine',
  });
  assert.deepEqual(readMention(commands, 'imagine a\ncat'), {
    kind: 'command',
    name: 'imagine',
    line: 'a\ncat',
  });
});
