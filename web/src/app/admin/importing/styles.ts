import { css } from 'lit'

export const importStyles = css`
  .intro {
    max-width: 44rem;
    text-wrap: pretty;
  }
  .drop {
    position: relative;
    display: grid;
    justify-items: center;
    gap: 6px;
    padding: 32px 16px;
    border: 1.5px dashed var(--playhead-border-strong);
    border-radius: var(--playhead-radius-large);
    background: var(--playhead-surface);
    text-align: center;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .drop:hover,
  .drop.over {
    border-color: var(--playhead-accent);
    background: var(--playhead-accent-soft);
  }
  .drop:has(:focus-visible) {
    outline: 2px solid var(--playhead-focus);
    outline-offset: 2px;
  }
  .drop input {
    position: absolute;
    inset: 0;
    width: 100%;
    opacity: 0;
    cursor: pointer;
  }
  [aria-live]:empty {
    display: none;
  }
  .mark {
    display: grid;
    place-items: center;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    color: var(--playhead-accent);
    background: var(--playhead-accent-soft);
  }
  progress {
    width: 100%;
    height: 8px;
    accent-color: var(--playhead-accent);
  }
  .failed {
    display: flex;
    align-items: start;
    gap: 8px;
    color: var(--playhead-danger);
  }
  .failed .icon {
    flex: none;
  }
  .good {
    --gap: 8px;
    color: var(--playhead-success);
  }
`
