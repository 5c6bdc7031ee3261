import { css } from 'lit'

export const historyStyles = css`
  .filters {
    margin-block-end: 24px;
  }
  .day + .day {
    margin-block-start: 32px;
  }
  .day-head {
    --gap: 4px 16px;
    margin-block-end: 12px;
  }
  ul.card {
    padding: 0;
    list-style: none;
  }
  li + li {
    border-block-start: 1px solid var(--playhead-border);
  }
  .session {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) minmax(200px, 380px);
    gap: 8px 16px;
    align-items: center;
    padding: 16px 20px;
  }
  .session .mark {
    display: grid;
    place-items: center;
    width: 40px;
    height: 40px;
    border-radius: var(--playhead-radius);
    color: var(--playhead-accent);
    background: var(--playhead-accent-soft);
  }
  .session h3 {
    overflow-wrap: anywhere;
  }
  .session h3 a {
    color: inherit;
    text-decoration: none;
  }
  .session h3 a:hover {
    text-decoration: underline;
  }
  .tiny {
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
  }
  .more {
    display: grid;
    justify-items: center;
    margin-block-start: 24px;
  }
  @media (max-width: 700px) {
    .session {
      grid-template-columns: auto minmax(0, 1fr);
      padding: 16px;
    }
    .session playhead-scrubber {
      grid-column: 1 / -1;
    }
    .filters .field {
      flex: 1 1 140px;
    }
  }
`
