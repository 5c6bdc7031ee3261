import { css } from 'lit'

/** `.field`: a label with its input, select or textarea; `.check`: a box with its label. */
export const fields = css`
  .field {
    display: grid;
    gap: 6px;
    font-size: 0.875rem;
    font-weight: 540;
  }
  .field > input,
  .field > select,
  .field > textarea {
    min-height: 40px;
    width: 100%;
    padding: 0 12px;
    border: 1px solid var(--playhead-border-strong);
    border-radius: var(--playhead-radius);
    background: var(--playhead-surface);
    color: var(--playhead-text);
    font: inherit;
    font-size: 0.9375rem;
    font-weight: 400;
  }
  .field > textarea {
    padding-block: 10px;
  }
  .field > ::placeholder {
    color: var(--playhead-muted);
    opacity: 1;
  }
  .check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    font-size: 0.9375rem;
  }
  .check > input {
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--playhead-accent);
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 12px 16px;
    margin-block-end: 16px;
  }
  .filters .grow {
    flex: 1 1 220px;
  }
`
