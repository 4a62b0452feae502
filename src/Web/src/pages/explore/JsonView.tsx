import { useMemo } from 'react';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useText } from '../../i18n/text';
import { CopyButton } from '../../parts/CopyButton';
import { download } from '../../parts/download';
import { IconDownload } from '../../parts/icons';
import type { ExploreState } from '../../state/exploreState';
import { letterOf } from './QueryRow';
import type { Result } from './useResults';

/** Characters shown at most; a browser lays out more than this only slowly. */
const shownMax = 200_000;

/** The answers of the server as they came. */
export function JsonView({ state, results }: { state: ExploreState; results: Result[] }) {
  const shown = results.map((result, i) => ({ result, i })).filter(({ result, i }) => result.answer && !state.queries[i]!.hidden);
  return <>{shown.map(({ result, i }) => <OneAnswer key={i} letter={shown.length > 1 ? letterOf(i) : ''} data={result.answer!.data} />)}</>;
}

function OneAnswer({ letter, data }: { letter: string; data: unknown }) {
  const { t } = useText();
  const text = useMemo(() => JSON.stringify(data, null, 2), [data]);
  return (
    <div style={{ padding: '10px 14px' }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', marginBottom: 6 }}>
        {letter && <b style={{ color: 'var(--accent)' }}>{letter}</b>}
        {text.length > shownMax && <span className="dim" style={{ fontSize: '0.78rem' }}>{t('explore.json.cut', { shown: shownMax, count: text.length })}</span>}
        <div style={{ marginLeft: 'auto', display: 'flex', gap: 6 }}>
          <CopyButton text={text} />
          <Tooltip label={t('common.download')}><ActionIcon variant="default" size="md" aria-label={t('common.download')} onClick={() => download('query.json', text, 'application/json')}><IconDownload size={15} /></ActionIcon></Tooltip>
        </div>
      </div>
      <pre className="mono" tabIndex={0} style={{ margin: 0, maxHeight: 'max(320px, calc(100vh - 380px))', overflow: 'auto', background: 'var(--panel-sunk)', borderRadius: 8, padding: 12 }}>{text.slice(0, shownMax)}</pre>
    </div>
  );
}
