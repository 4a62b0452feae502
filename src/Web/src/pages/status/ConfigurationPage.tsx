import { ActionIcon, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { configuration } from '../../api/queries';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { yamlTokens } from '../../model/yamlLine';
import { CopyButton } from '../../parts/CopyButton';
import { download } from '../../parts/download';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { IconDownload } from '../../parts/icons';

/** Lines shown at most; a longer file is downloaded. */
const linesMax = 5000;

/** The configuration in force. */
export function ConfigurationPage() {
  const { t } = useText();
  const say = useServer();
  const query = useQuery({ queryKey: ['configuration'], queryFn: ({ signal }) => configuration(signal) });
  const yaml = query.data?.data.yaml ?? '';
  return (
    <Page title={say('config.title')} hint={say('config.hint')} actions={yaml && (
      <>
        <CopyButton text={yaml} />
        <Tooltip label={t('common.download')}><ActionIcon variant="default" size="md" aria-label={t('common.download')} onClick={() => download('prometheus.yml', yaml, 'application/yaml')}><IconDownload size={15} /></ActionIcon></Tooltip>
      </>
    )}>
      <Loaded query={query}>
        {(data) => (
          <div className="panel">
            <pre className="yaml" tabIndex={0} aria-label={say('config.title')}>
              {data.yaml.replace(/\n$/, '').split('\n').slice(0, linesMax).map((line, i) => (
                <span key={i} className="yaml-line">{yamlTokens(line).map((token, at) => <span key={at} className={token.kind}>{token.text}</span>)}</span>
              ))}
            </pre>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
