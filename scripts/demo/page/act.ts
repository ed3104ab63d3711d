import type { DemoAct, DemoAnswer } from '../state.ts';

/** Does what somebody did on the page; never throws. */
export async function act(body: DemoAct): Promise<DemoAnswer> {
  try {
    const response = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as DemoAnswer;
  } catch {
    // The line at the bottom of the page says that the demo has stopped.
    return { refusal: '', errors: {} };
  }
}
