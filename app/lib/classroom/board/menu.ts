/**
 * The keys of a toolbar: it is one stop of the Tab key, arrows walk along its buttons and through what it has opened,
 * which takes the focus when it was opened by a key. Escape closes that, and the button that opened it has the focus
 * again. A group of radios in it is a stop of its own and walks by itself.
 */
const BUTTON = 'button:not(:disabled)';
const RADIOS = '[role=radiogroup]';
const POPOVER = '[data-popover]';

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const shown = (within: Element): HTMLElement[] =>
  [...within.querySelectorAll<HTMLElement>(BUTTON)].filter((one) => one.checkVisibility());

/** @param onPointer who pressed with a pointer has no use for keys here: they go where it says. */
export function menu(onPointer: () => void): (bar: HTMLElement) => () => void {
  return (bar) => {
    const stop = new AbortController();
    const { signal } = stop;
    const inPopover = (one: Element): boolean => one.closest(POPOVER) !== null;
    const inRadios = (one: Element): boolean => one.closest(RADIOS) !== null;
    const ownButtons = (): HTMLElement[] => shown(bar).filter((one) => !inPopover(one) && !inRadios(one));

    function onKey(event: KeyboardEvent): void {
      const { target, key } = event;
      if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
      const popover = target.closest(POPOVER);
      if (key === 'Escape' && popover) {
        const opener = bar.querySelector<HTMLElement>('[aria-expanded="true"]');
        opener?.click();
        opener?.focus();
        return event.preventDefault();
      }
      const step = STEPS[key];
      if (inRadios(target) || (step === undefined && key !== 'Home' && key !== 'End')) return;
      event.preventDefault();
      const buttons = popover ? shown(popover).filter((one) => !inRadios(one)) : ownButtons();
      const next = step === undefined ? (key === 'Home' ? 0 : -1) : buttons.indexOf(target) + step;
      buttons.at(next % buttons.length)?.focus();
    }

    function onClick(event: MouseEvent): void {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (!button) return;
      // A key presses without a place.
      const byKey = event.detail === 0;
      // What it opens or closes is there, or gone, a moment later.
      requestAnimationFrame(() => {
        const popover = bar.querySelector(POPOVER);
        const opened = popover !== null && (button.matches('[aria-expanded="true"]') || !button.isConnected);
        if (byKey && opened)
          shown(popover)
            .find(({ tabIndex }) => tabIndex >= 0)
            ?.focus();
        else if (!byKey && popover === null && bar.contains(document.activeElement)) onPointer();
      });
    }

    function onFocus({ target }: FocusEvent): void {
      if (!(target instanceof HTMLElement) || inPopover(target) || inRadios(target)) return;
      for (const one of ownButtons()) one.tabIndex = one === target ? 0 : -1;
    }

    bar.addEventListener('keydown', onKey, { signal });
    bar.addEventListener('click', onClick, { signal });
    bar.addEventListener('focusin', onFocus, { signal });
    return () => stop.abort();
  };
}
