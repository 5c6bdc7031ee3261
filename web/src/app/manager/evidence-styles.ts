import { css } from 'lit'

/** Styles of maps, and of lists of sessions with their maps. */
export const evidenceStyles = css`
  :host {
    margin-block-start: 24px;
  }
  .layer {
    display: grid;
    gap: 4px;
  }
  .legend {
    gap: 4px 20px;
  }
  .legend span {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  .legend i {
    width: 20px;
    height: 10px;
    border-radius: 3px;
    background: var(--playhead-watched);
  }
  .legend i.not {
    background: repeating-linear-gradient(
      -45deg,
      var(--playhead-danger) 0 3px,
      var(--playhead-danger-soft) 3px 7px
    );
  }
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  li.session {
    display: grid;
    gap: 8px;
    padding-block: 16px;
    border-block-start: 1px solid var(--playhead-border);
  }
  li.session:last-child {
    padding-block-end: 0;
  }
  .session-head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
  }
  .session-head time {
    font-weight: 580;
  }
  .ends {
    display: flex;
    justify-content: space-between;
    direction: ltr;
    font-variant-numeric: tabular-nums;
  }
`
