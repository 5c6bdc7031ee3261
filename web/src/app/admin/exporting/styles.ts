import { css } from 'lit'

export const exportsStyles = css`
  .intro {
    max-width: 44rem;
    text-wrap: pretty;
  }
  ul {
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 12px 24px;
    align-items: start;
    padding-block: 16px;
  }
  li + li {
    border-block-start: 1px solid var(--playhead-border);
  }
  .what {
    display: grid;
    gap: 6px;
  }
  .what p {
    text-wrap: pretty;
  }
  export-picker,
  .days {
    max-width: 34rem;
    margin-block-start: 6px;
  }
  .days {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(170px, 100%), 1fr));
    gap: 8px;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 8px 16px;
    font-size: 0.9375rem;
  }
  dt {
    font-weight: 580;
  }
  dd {
    color: var(--playhead-muted);
    text-wrap: pretty;
  }
  @media (max-width: 700px) {
    li {
      grid-template-columns: minmax(0, 1fr);
    }
    li > .row {
      flex-wrap: nowrap;
    }
    li > .row .button {
      flex: 1;
      gap: 4px;
      padding-inline: 4px;
    }
  }
`
