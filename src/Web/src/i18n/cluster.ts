import type { Values } from './fill';
import { usePairs } from './pairs';

/** Texts of the page about the cluster: each in English and in Korean. */
export const clusterTexts = {
  'title': ['Cluster', '클러스터'],
  'hint': ['Nodes, shards, and what moves, as {self} sees them.', '{self}에서 본 노드와 샤드, 이동 상황.'],
  'hint.alone': ['Nodes and shards of a cluster.', '클러스터의 노드와 샤드.'],
  'alone': ['This node stands by itself', '이 노드는 단독으로 실행 중입니다'],
  'alone.hint': ['All shards and all targets are its own, and it needs no database. Several nodes that are given the same PostgreSQL become one cluster: they spread the targets and the series, keep copies of each other, and any of them answers any query.', '모든 샤드와 타깃을 이 노드가 맡으며 데이터베이스가 필요 없습니다. 같은 PostgreSQL을 지정한 여러 노드는 하나의 클러스터가 되어 타깃과 시계열을 나누고 서로 복제하며, 어느 노드든 모든 쿼리에 답합니다.'],
  'alone.try': ['To try it on this machine:', '이 컴퓨터에서 시험하려면:'],
  'alone.join': ['To have a node join:', '노드를 참여시키려면:'],
  'nodes': ['Nodes', '노드'], 'shards': ['Shards', '샤드'], 'moving': ['Moving', '이동 중'], 'leaderless': ['Without a leader', '리더 없음'], 'alone.copies': ['Without a copy', '복제본 없음'],
  'view': ['view {version}', '뷰 {version}'],
  'store.away': ['{self} does not reach the database. What is acknowledged now is on the disks of two nodes and goes to the database when it is back; no shard moves meanwhile.', '{self}에서 데이터베이스에 연결할 수 없습니다. 지금 승인되는 것은 두 노드의 디스크에 저장되었다가 데이터베이스가 돌아오면 옮겨지며, 그동안 샤드는 이동하지 않습니다.'],
  'spool': ['Spool of {self}', '{self}의 스풀'], 'spool.used': ['{used} % used, the oldest {age} s old', '{used} % 사용, 가장 오래된 것 {age}초'], 'spool.empty': ['empty', '비어 있음'],
  'spool.nearlyFull': ['{used} % used: remote write is refused', '{used} % 사용: remote write 거부 중'], 'spool.full': ['full: everything is refused', '가득 참: 모두 거부 중'],
  'well': ['Every shard has a leader and a copy; nothing moves.', '모든 샤드에 리더와 복제본이 있고 이동 중인 것이 없습니다.'],
  'node.self': ['this node', '이 노드'], 'node.leads': ['leads {count}', '리더 {count}개'], 'node.follows': ['follows {count}', '팔로워 {count}개'], 'node.zone': ['zone {zone}', '존 {zone}'],
  'node.targets': ['{count} {count|target|targets}', '타깃 {count}개'], 'unanswered': ['No answer from {names}: its targets and copies are not shown.', '{names} 응답 없음: 해당 노드의 타깃과 복제본은 표시되지 않습니다.'],
  'copy.behind': ['{count} {count|record|records} to go', '남은 레코드 {count}개'], 'copy.whole': ['has all of it', '모두 복제됨'], 'copy.notReady': ['no copy that is ready', '준비된 복제본 없음'], 'copy.unknown': ['it does not say how far it is', '진행 상황을 알리지 않음'],
  'node.spool': ['spool: {count} {count|batch|batches}', '스풀: 배치 {count}개'], 'node.suspected': ['{count} {count|node|nodes} cannot reach it', '{count}개 노드에서 연결할 수 없음'], 'node.open': ['Open {name}', '{name} 열기'], 'node.shards': ['Shards of {name}', '{name}의 샤드'],
  'status.up': ['up', '정상'], 'status.joining': ['joining', '참여 중'], 'status.leaving': ['leaving', '나가는 중'], 'status.dead': ['dead', '중단됨'],
  'key.leads': ['leads', '리더'], 'key.follows': ['follows', '팔로워'], 'key.moves': ['moves', '이동 중'],
  'filter': ['Filter by shard or node', '샤드나 노드로 필터'], 'onlyMoving': ['Only what moves', '이동 중만'],
  'shard': ['Shard', '샤드'], 'leader': ['Leader', '리더'], 'followers': ['Followers', '팔로워'], 'epoch': ['Epoch', '에포크'], 'journal': ['Journal', '저널'], 'saved': ['Saved through', '저장 위치'], 'lag': ['Lag here', '이 노드의 지연'],
  'lag.notHere': ['no copy here', '복제본 없음'], 'lag.none': ['none', '없음'], 'lag.records': ['{count} {count|record|records}', '레코드 {count}개'], 'movesTo': ['moves to {name}', '{name}(으)로 이동 중'], 'noLeader': ['nobody yet', '아직 없음'],
  'cell': ['Shard {shard}: {state}', '샤드 {shard}: {state}'],
} as const;

export type ClusterKey = keyof typeof clusterTexts;
/** Says a text of that page. */
export type SayCluster = (key: ClusterKey, values?: Values) => string;
export const useClusterText = (): SayCluster => usePairs<ClusterKey>(clusterTexts);
