import type { DemoAnswer, DemoField, DemoForm, Locale, PlatformName } from '../state.ts';
import { find, h } from './dom.ts';
import { say } from './texts.ts';

export interface FormHands {
  submit(formId: string, values: Record<string, string>): Promise<DemoAnswer>;
  dismiss(formId: string): void;
}

export interface Forms {
  /** Opens what the platform opened for this person, and closes what is gone. */
  show(platform: PlatformName, forms: DemoForm[], locale: Locale, hands: FormHands): void;
}

export function createForms(): Forms {
  const dialog = find('form') as HTMLDialogElement;
  const seen = new Set<string>();
  let current: { platform: PlatformName; id: string; dismiss(): void } | null = null;
  // Escape.
  dialog.addEventListener('cancel', () => current?.dismiss());

  function open(platform: PlatformName, form: DemoForm, locale: Locale, hands: FormHands): void {
    seen.add(form.id);
    const refusal = h('p', { class: 'form-refusal', role: 'alert' });
    const close = () => {
      current = null;
      dialog.close();
    };
    const dismiss = () => {
      hands.dismiss(form.id);
      close();
    };
    current = { platform, id: form.id, dismiss };
    const send = async (event: Event) => {
      event.preventDefault();
      const filled = [...new FormData(event.currentTarget as HTMLFormElement)];
      const { refusal: why, errors } = await hands.submit(
        form.id,
        Object.fromEntries(filled.map(([name, value]) => [name, String(value)])),
      );
      if (why === null && Object.keys(errors).length === 0) return close();
      refusal.textContent = why;
      for (const line of dialog.querySelectorAll<HTMLElement>('[data-error]'))
        line.textContent = errors[line.dataset['error'] ?? ''] ?? '';
    };
    dialog.className = `form ${platform}`;
    dialog.setAttribute('aria-label', form.title);
    dialog.replaceChildren(
      h(
        'form',
        { onsubmit: (event) => void send(event) },
        h('h3', {}, form.title),
        h('div', { class: 'fields' }, ...form.fields.map((field) => showField(field, locale))),
        refusal,
        h(
          'div',
          { class: 'buttons' },
          h(
            'button',
            { type: 'button', class: 'is-normal', onclick: dismiss },
            say(locale, 'cancel'),
          ),
          h(
            'button',
            { type: 'submit', class: 'is-primary' },
            form.submit || say(locale, 'submit'),
          ),
        ),
      ),
    );
    dialog.showModal();
  }

  return {
    show(platform, forms, locale, hands) {
      if (current?.platform === platform && !forms.some(({ id }) => id === current?.id)) {
        current = null;
        dialog.close();
      }
      const next = forms.find(({ id }) => !seen.has(id));
      if (next && current === null) open(platform, next, locale, hands);
    },
  };
}

function showField(field: DemoField, locale: Locale): HTMLElement {
  const { id, label, hint, placeholder, value, isLong, isRequired, options } = field;
  const input =
    options.length > 0
      ? h(
          'select',
          { name: id, required: isRequired },
          h('option', { value: '' }, '–'),
          ...options.map((option) => h('option', { value: option.value }, option.label)),
        )
      : h(isLong ? 'textarea' : 'input', {
          name: id,
          required: isRequired,
          placeholder,
          autocomplete: 'off',
          ...(isLong && { rows: '3' }),
        });
  (input as HTMLInputElement).value = value;
  return h(
    'label',
    {},
    h('span', { class: 'label' }, label, !isRequired && h('i', {}, say(locale, 'optional'))),
    input,
    hint !== '' && h('small', {}, hint),
    h('small', { class: 'error', 'data-error': id }),
  );
}
