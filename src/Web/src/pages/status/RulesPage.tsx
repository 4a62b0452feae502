import { useServer } from '../../i18n/server';
import { Empty } from '../../parts/Empty';
import { Page } from '../../parts/Page';

/** Where rules and alerts will be: that this node evaluates none, and what can be done with rule files meanwhile. */
export function RulesPage() {
  const say = useServer();
  return (
    <Page title={say('rules.title')}>
      <div className="panel">
        <Empty title={say('rules.notYet')} hint={say('rules.notYet.hint')}>
          {['pleiad check rules FILE...', 'pleiad test rules FILE...'].map((line) => <code key={line} className="label">{line}</code>)}
        </Empty>
      </div>
    </Page>
  );
}
