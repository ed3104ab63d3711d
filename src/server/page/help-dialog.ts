import { openDialog } from './ui/dialog.ts';
import { el } from './ui/dom.ts';
import { t } from './texts/locale.ts';
import { areKeysOn, turnKeys } from './ui/single-keys.ts';

/** Every key, and the few things that cannot be seen. */
export function openHelp(): void {
  if (document.querySelector('dialog[open]')) return;
  const keys: [string[], string][] = [
    [['/'], t('keys.focus')],
    [['Enter'], t('keys.send')],
    [['Shift', 'Enter'], t('keys.newLine')],
    [['↑'], t('keys.recall')],
    [['Tab'], t('keys.complete')],
    [['J', 'K'], t('keys.move')],
    [['1', '…', '4'], t('keys.vote')],
    [['R'], t('keys.reroll')],
    [['E'], t('keys.enlarge')],
    [['V'], t('keys.vary')],
    [['D'], t('keys.details')],
    [['O'], t('keys.open')],
    [['←', '→'], t('keys.arrows')],
    [['Esc'], t('keys.close')],
    [['?'], t('keys.help')],
  ];
  const rows = keys.map(([names, meaning]) =>
    el('div', { class: 'key-row' }, el('dt', {}, ...names.map((name) => el('kbd', {}, name))), el('dd', {}, meaning)),
  ); // prettier-ignore
  const isOn = el('input', { type: 'checkbox', checked: areKeysOn() });
  isOn.addEventListener('change', () => turnKeys(isOn.checked));
  openDialog(
    t('help.title'),
    'dialog-help',
    el('p', { class: 'muted' }, t('help.cards')),
    el('dl', { class: 'keys' }, ...rows),
    el('label', { class: 'keys-switch' }, isOn, t('help.switch')),
    el('p', { class: 'muted' }, t('help.drop')),
  );
}
