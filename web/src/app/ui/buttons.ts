import { css } from 'lit'

/** `.button`, and `.primary`, `.quiet` (no frame), `.danger`, `.icon` (square). For `<button>` and `<a>` alike. */
export const buttons = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 16px;
    border: 1px solid var(--playhead-border-strong);
    border-radius: var(--playhead-radius);
    background: var(--playhead-surface);
    color: var(--playhead-text);
    font: inherit;
    font-size: 0.9375rem;
    font-weight: 560;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition:
      background-color 120ms,
      border-color 120ms;
  }
  .button:hover {
    background: var(--playhead-sunken);
    color: var(--playhead-text);
  }
  .button.primary {
    border-color: transparent;
    background: var(--playhead-accent);
    color: var(--playhead-accent-text);
  }
  .button.primary:hover {
    background: var(--playhead-accent-hover);
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
  }
  .button.quiet:hover {
    background: var(--playhead-sunken);
  }
  .button.danger {
    border-color: transparent;
    background: var(--playhead-danger-soft);
    color: var(--playhead-danger);
  }
  .button.icon {
    width: 40px;
    padding: 0;
  }
  .button[disabled],
  .button[aria-disabled='true'] {
    opacity: 0.55;
    cursor: not-allowed;
  }
  @media (pointer: coarse) {
    .button {
      min-height: 44px;
    }
    .button.icon {
      width: 44px;
    }
  }
`
