/**
 * Defines `window.Razorpay` as the provider's own script does. A classic script: it must not import anything, and it
 * sets no inline style attributes, so that it runs under `script-src 'self'; style-src 'self'; frame-src 'self'`.
 */
(() => {
  type Json = Readonly<Record<string, unknown>>;
  type Listener = (payload: Json) => void;

  interface Options extends Json {
    readonly key: string;
    readonly order_id: string;
    readonly handler?: (response: Json) => void;
    readonly callback_url?: string;
    readonly redirect?: boolean;
    readonly prefill?: Json;
    readonly modal?: { readonly ondismiss?: (reason?: string) => void; readonly escape?: boolean };
    /** Seconds. */
    readonly timeout?: number;
  }

  const source = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '';
  const home = new URL('/sandbox/razorpay/', new URL(source || location.href).origin);
  const READY_MS = 15_000;

  const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null;
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

  function currentTheme(): 'light' | 'dark' {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }

  /** Functions stay here; the frame gets only what it shows or sends on. */
  function forFrame(options: Options): Json {
    return {
      name: textOf(options.name),
      description: textOf(options.description),
      prefill: isRecord(options.prefill) ? { ...options.prefill } : {},
      notes: isRecord(options.notes) ? { ...options.notes } : {},
      timeout: typeof options.timeout === 'number' ? options.timeout : null,
      escape: options.modal?.escape !== false,
      theme: currentTheme(),
    };
  }

  function buildOverlay(options: Options): { dialog: HTMLDialogElement; frame: HTMLIFrameElement } {
    const dialog = document.createElement('dialog');
    dialog.className = 'razorpay-container';
    dialog.setAttribute('aria-label', `Checkout ${textOf(options.name)}`.trim());
    const full = { position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0', margin: '0' };
    Object.assign(dialog.style, full, {
      maxWidth: 'none',
      maxHeight: 'none',
      padding: '0',
      overflow: 'hidden',
      background: 'rgb(24 22 18 / 0.62)',
      color: 'white',
      display: 'grid',
      placeItems: 'center',
    });
    const opening = document.createElement('p');
    opening.textContent = 'Opening the checkout…';
    const frame = document.createElement('iframe');
    frame.className = 'razorpay-checkout-frame';
    frame.title = 'Razorpay checkout (test)';
    Object.assign(frame.style, full, { visibility: 'hidden', colorScheme: currentTheme() });
    const address = new URL('checkout', home);
    address.searchParams.set('order_id', options.order_id);
    address.searchParams.set('key', options.key);
    frame.src = address.href;
    dialog.append(opening, frame);
    return { dialog, frame };
  }

  /** As the provider does with `callback_url`: the page is left by a form post. */
  function postTo(url: string, response: Json): void {
    const form = document.createElement('form');
    form.method = 'POST';
    form.action = url;
    for (const [name, value] of Object.entries(response)) {
      const input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = String(value);
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  class Razorpay {
    readonly #options: Options;
    readonly #listeners = new Map<string, Set<Listener>>();
    #end: (() => void) | null = null;
    #askToClose: (() => void) | null = null;

    constructor(options: Options) {
      if (!textOf(options?.key)) throw new Error('Razorpay: `key` is required');
      if (!textOf(options.order_id)) throw new Error('Razorpay: `order_id` is required');
      this.#options = options;
    }

    static open(options: Options): Razorpay {
      const checkout = new Razorpay(options);
      checkout.open();
      return checkout;
    }

    on(event: string, listener: Listener): this {
      const listeners = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, listeners.add(listener));
      return this;
    }

    off(event: string, listener?: Listener): this {
      if (listener) this.#listeners.get(event)?.delete(listener);
      else this.#listeners.delete(event);
      return this;
    }

    open(): void {
      if (this.#end) return;
      const { dialog, frame } = buildOverlay(this.#options);
      const scrolling = document.documentElement.style.overflow;
      let ready = false;

      const tell = (message: Json): void => frame.contentWindow?.postMessage(message, home.origin);
      const askToClose = (): void => (ready ? tell({ type: 'close' }) : dismiss());
      const dismiss = (reason?: string): void => {
        this.#end?.();
        this.#options.modal?.ondismiss?.(reason);
      };
      const onMessage = (event: MessageEvent<unknown>): void => {
        if (event.origin !== home.origin || event.source !== frame.contentWindow || !isRecord(event.data)) return;
        const { type, payload } = event.data;
        switch (type) {
          case 'ready':
            ready = true;
            tell({ type: 'init', options: forFrame(this.#options) });
            frame.style.visibility = 'visible';
            frame.focus();
            break;
          case 'success':
            if (isRecord(payload)) this.#succeed(payload);
            break;
          case 'failed':
            if (isRecord(payload)) this.#emit('payment.failed', { error: payload });
            break;
          case 'dismiss':
            dismiss(typeof payload === 'string' ? payload : undefined);
            break;
        }
      };

      const noFrame = setTimeout(() => {
        if (!ready) dismiss('timeout');
      }, READY_MS);
      this.#askToClose = askToClose;
      this.#end = () => {
        clearTimeout(noFrame);
        removeEventListener('message', onMessage);
        this.#end = null;
        this.#askToClose = null;
        document.documentElement.style.overflow = scrolling;
        dialog.close();
        dialog.remove();
      };

      addEventListener('message', onMessage);
      dialog.addEventListener('cancel', (event) => {
        event.preventDefault();
        if (this.#options.modal?.escape !== false) askToClose();
      });
      dialog.addEventListener('close', () => {
        if (this.#end) dismiss();
      });
      document.documentElement.style.overflow = 'hidden';
      document.body.append(dialog);
      dialog.showModal();
    }

    close(): void {
      this.#askToClose?.();
    }

    #succeed(response: Json): void {
      const { handler, callback_url: url, redirect } = this.#options;
      this.#end?.();
      if (url && (redirect === true || !handler)) postTo(url, response);
      else handler?.(response);
    }

    #emit(event: string, payload: Json): void {
      for (const listener of this.#listeners.get(event) ?? []) listener(payload);
    }
  }

  Object.assign(window, { Razorpay });
})();
