/** What all elements look like before they look like themselves. */
import { css } from 'lit'

/**
 * The public `--playhead-*` properties with their defaults, under private names; so an element is whole without any
 * stylesheet, in light and dark. The defaults hold to WCAG AA: 4.5:1 for text, 3:1 for marks.
 */
export const foundation = css`
  :host {
    --_accent: var(--playhead-accent, light-dark(#3f46d8, #8f97ff));
    --_accent-text: var(--playhead-accent-text, light-dark(#ffffff, #0d1030));
    --_accent-soft: var(--playhead-accent-soft, light-dark(#ebecff, #22264a));
    --_surface: var(--playhead-surface, light-dark(#ffffff, #151a22));
    --_raised: var(--playhead-raised, var(--playhead-surface, light-dark(#ffffff, #1b212b)));
    --_text: var(--playhead-text, light-dark(#161b26, #e9ecf2));
    --_muted: var(--playhead-muted, light-dark(#586174, #9aa4b5));
    --_border: var(--playhead-border, light-dark(#dfe3ea, #29303c));
    --_border-strong: var(--playhead-border-strong, light-dark(#868e9f, #69748a));
    --_track: var(--playhead-track, light-dark(#dfe3ea, #2c3441));
    --_watched: var(--playhead-watched, var(--_accent));
    --_success: var(--playhead-success, light-dark(#0f7a4d, #4fd39a));
    --_success-soft: var(--playhead-success-soft, light-dark(#e2f5ec, #123526));
    --_danger: var(--playhead-danger, light-dark(#b9262f, #ff8a8a));
    --_danger-soft: var(--playhead-danger-soft, light-dark(#fde9e9, #3f1a1d));
    --_focus: var(--playhead-focus, light-dark(#3f46d8, #a9afff));
    --_radius: var(--playhead-radius, 10px);
    --_shadow: var(
      --playhead-shadow-large,
      0 2px 6px light-dark(#161b261a, #00000080),
      0 16px 40px light-dark(#161b2626, #00000099)
    );
    display: block;
    color: var(--_text);
    font-family: var(--playhead-font, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif);
    font-size: 15px;
    line-height: 20px;
    text-align: start;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }

  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`

/** Buttons: `.primary`, `.quiet`, and `.icon` for a lone glyph; a finger gets 44 px. */
export const buttons = css`
  button {
    font: inherit;
    font-weight: 600;
    font-size: 14px;
    color: inherit;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 40px;
    padding: 0 16px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: transparent;
    cursor: pointer;
    touch-action: manipulation;
    transition:
      background-color 120ms,
      border-color 120ms;
  }

  button:hover {
    background: color-mix(in srgb, currentColor 8%, transparent);
  }

  button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_accent-text);
  }

  button.primary:hover {
    background: color-mix(in srgb, var(--_accent) 88%, var(--_text));
  }

  button.quiet {
    border-color: transparent;
    color: var(--_accent);
  }

  button.icon {
    min-inline-size: 40px;
    padding: 0;
    border-color: transparent;
    color: var(--_muted);
  }

  button svg {
    flex: none;
  }

  @media (pointer: coarse) {
    button {
      min-block-size: 44px;
    }

    button.icon {
      min-inline-size: 44px;
    }
  }
`
