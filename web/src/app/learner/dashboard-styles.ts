import { css } from 'lit'

export const dashboardStyles = css`
  .whole {
    --gap: 24px;
  }
  .overall {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 16px;
    align-items: end;
  }
  .overall .share {
    font-size: clamp(2rem, 1.6rem + 2vw, 3rem);
    line-height: 1;
    font-weight: 680;
    letter-spacing: -0.03em;
    font-variant-numeric: tabular-nums;
  }
  .track {
    grid-column: 1 / -1;
    height: 12px;
    overflow: hidden;
    border-radius: 6px;
    background: var(--playhead-track);
  }
  .fill {
    height: 100%;
    border-radius: inherit;
    background: var(--playhead-accent);
    transition: inline-size 240ms ease-out;
  }
  .figures {
    --min: 160px;
    margin: 0;
  }
  .figures .stat {
    align-content: start;
  }
  .figures .figure {
    font-size: 1.25rem;
    line-height: 1.3;
  }
  .lists {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 24px;
    align-items: start;
  }
  .list {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  .list h2 {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  ul {
    list-style: none;
  }
  li {
    display: grid;
    gap: 8px;
    padding-block: 12px;
  }
  li + li {
    border-block-start: 1px solid var(--playhead-border);
  }
  li:last-child {
    padding-block-end: 0;
  }
  li a {
    color: inherit;
    font-weight: 560;
    font-size: 0.9375rem;
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  li a:hover {
    text-decoration: underline;
  }
  .late {
    color: var(--playhead-danger);
  }
  @media (max-width: 600px) {
    .figures {
      --min: 136px;
      --gap: 12px;
    }
  }
`
