import { useState } from 'react';
import { Drawer, SegmentedControl } from '@mantine/core';
import '../../../theme/overlays';
import type { Dashboard } from '../../../dashboards/dashboard';
import { withAt, type Path } from '../../../dashboards/editing/edits';
import { useBoard } from '../../../i18n/useBoard';
import { useEditing } from '../../../i18n/useEditing';
import { AnnotationsEditor } from './AnnotationsEditor';
import { BoardLinksEditor } from './BoardLinksEditor';
import { Form, ListAt, SelectAt, SuggestAt, TextAt } from './inputs';
import { JsonEditor } from './JsonEditor';
import type { Edits } from './useEdits';
import { VariablesEditor } from './VariablesEditor';

export type SettingsTab = 'general' | 'variables' | 'annotations' | 'links' | 'json';
const tabs: SettingsTab[] = ['general', 'variables', 'annotations', 'links', 'json'];
const ranges = ['now-15m', 'now-1h', 'now-6h', 'now-24h', 'now-7d'];

/** What concerns a dashboard as a whole. */
export function SettingsDialog({ edits, begin, onClose }: { edits: Edits; begin: SettingsTab; onClose: () => void }) {
  const e = useEditing();
  const b = useBoard();
  const [tab, setTab] = useState<SettingsTab>(begin);
  const { dashboard, change } = edits;
  const set = (path: Path, to: unknown): void => change((now) => withAt(now, path, to), `settings ${path.join('.')}`);
  const check = (value: object): string => { const { title, panels = [] } = value as { title?: unknown; panels?: unknown }; return typeof title === 'string' && title !== '' && Array.isArray(panels) ? '' : e('json.object'); };
  return (
    <Drawer opened onClose={onClose} title={e('settings')} position="right" size="xl" closeButtonProps={{ 'aria-label': b('close') }}>
      <Form value={dashboard} set={set}>
        <div style={{ display: 'flex', flexDirection: 'column', gap: 12 }}>
          <div style={{ overflowX: 'auto' }}><SegmentedControl size="sm" fz="xs" value={tab} onChange={(next) => setTab(next as SettingsTab)} data={tabs.map((value) => ({ value, label: e(value) }))} /></div>
          {tab === 'general' && (
            <>
              <TextAt at={['title']} label={e('title')} />
              <TextAt at={['description']} label={e('description')} lines={3} />
              <ListAt at={['tags']} label={e('tags')} />
              <SuggestAt at={['time', 'from']} label={e('timeFrom')} placeholder="now-6h" suggestions={ranges} />
              <SuggestAt at={['time', 'to']} label={e('timeTo')} placeholder="now" suggestions={['now']} />
              <SuggestAt at={['refresh']} label={e('refresh')} placeholder="30s" suggestions={['5s', '10s', '30s', '1m', '5m', '15m']} />
              <SelectAt at={['graphTooltip']} label={e('tooltip')} otherwise="0" isNumber choices={[['0', e('tooltip.0')], ['1', e('tooltip.1')], ['2', e('tooltip.2')]]} />
            </>
          )}
          {tab === 'variables' && <VariablesEditor />}
          {tab === 'annotations' && <AnnotationsEditor />}
          {tab === 'links' && <BoardLinksEditor />}
          {tab === 'json' && <JsonEditor value={dashboard} label={e('json.title')} rows={28} check={check} onApply={(value) => change({ ...(value as Dashboard), uid: dashboard.uid })} />}
        </div>
      </Form>
    </Drawer>
  );
}
