import { css } from 'lit'

export const libraryStyles = css`
  .continue {
    margin-block-end: 40px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--playhead-border-strong);
    border-radius: 999px;
    background: var(--playhead-surface);
    color: var(--playhead-text);
    font: inherit;
    font-size: 0.875rem;
    font-weight: 540;
    white-space: nowrap;
    cursor: pointer;
  }
  .chip:hover {
    background: var(--playhead-sunken);
  }
  .chip[aria-pressed='true'] {
    border-color: transparent;
    background: var(--playhead-accent);
    color: var(--playhead-accent-text);
  }
  .chip .count {
    font-variant-numeric: tabular-nums;
    opacity: 0.8;
  }
  .selects {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    margin-inline-start: auto;
  }
  .tools {
    display: grid;
    gap: 16px;
    margin-block-end: 24px;
  }
  .tools .filters {
    margin: 0;
  }
  .more {
    display: grid;
    justify-items: center;
    margin-block-start: 32px;
  }
  @media (pointer: coarse) {
    .chip {
      min-height: 44px;
    }
  }
  @media (max-width: 700px) {
    /* One line that is swiped: six chips in a wrap would push the cards off the first screen. */
    .chips {
      flex-wrap: nowrap;
      overflow-x: auto;
      margin-inline: -16px;
      padding: 2px 16px;
      scrollbar-width: none;
    }
    .selects {
      display: grid;
      flex: 1 1 100%;
      grid-template-columns: 1fr 1fr;
      margin-inline-start: 0;
    }
  }
`
