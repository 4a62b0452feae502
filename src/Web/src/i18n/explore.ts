import type { Values } from './fill';
import { usePairs } from './pairs';

/** Texts of what Explore fetches when it is wanted: each in English and in Korean. */
export const exploreTexts = {
  'lastSeen': ['Last seen about {time}', '마지막으로 확인된 시각: 약 {time}'], 'goThere': ['Go there', '그 시각으로 이동'],
  'plan': ['How it was answered', '처리 방식'], 'plan.hint': ['What the server did, outermost first, with what each step and each shard cost.', '서버가 한 일: 바깥 단계부터, 단계와 샤드마다 든 비용.'], 'plan.run': ['Run and measure', '실행하고 측정'], 'plan.total': ['{samples} samples and {series} series read, at most {peak} samples at once · read in {parse}, evaluated in {eval}', '샘플 {samples}개와 시계열 {series}개를 읽음, 최대 동시 샘플 {peak}개 · 파싱 {parse}, 평가 {eval}'],
  'plan.step': ['Step', '단계'], 'plan.time': ['Time', '시간'], 'plan.series': ['Series', '시계열'], 'plan.samples': ['Samples', '샘플'], 'plan.bytes': ['Bytes', '바이트'], 'plan.shard': ['Shard {shard}', '샤드 {shard}'], 'plan.read': ['{series} series and {samples} samples read', '시계열 {series}개, 샘플 {samples}개 읽음'],
  'exemplars': ['Exemplars', '예시'], 'exemplars.none': ['No exemplars in this range.', '이 범위에 예시가 없습니다.'], 'exemplars.count': ['{count} {count|exemplar|exemplars}', '예시 {count}개'], 'exemplars.time': ['Time', '시각'], 'exemplars.value': ['Value', '값'], 'exemplars.labels': ['Exemplar', '예시'], 'exemplars.series': ['Series', '시계열'], 'exemplars.limited': ['the first {shown} of {count}', '{count}개 중 처음 {shown}개'],
  'queries.title': ['Queries', '쿼리'], 'queries.hint': ['What is being answered now, on whichever node, and what was answered lately.', '모든 노드에서 지금 처리 중이거나 최근에 처리된 쿼리.'], 'queries.running': ['Running and waiting', '실행 및 대기 중'], 'queries.recent': ['Ended lately', '최근 종료'], 'queries.none': ['No query is running', '실행 중인 쿼리가 없습니다'], 'queries.noneRecent': ['No query has ended yet', '종료된 쿼리가 없습니다'],
  'queries.query': ['Query', '쿼리'], 'queries.node': ['Node', '노드'], 'queries.state': ['State', '상태'], 'queries.started': ['Started', '시작'], 'queries.took': ['Took', '소요'], 'queries.samples': ['Samples', '샘플'], 'queries.peak': ['{held} held, at most {peak}', '보유 {held}, 최대 {peak}'], 'queries.cancel': ['Cancel query {id}', '쿼리 {id} 취소'], 'queries.gone': ['Query {id} has ended already', '쿼리 {id}은(는) 이미 끝났습니다'],
  'state.waiting': ['waiting', '대기'], 'state.running': ['running', '실행 중'], 'state.done': ['done', '완료'], 'state.canceled': ['cancelled', '취소됨'], 'state.failed': ['failed', '실패'],
} as const;

export type ExploreKey = keyof typeof exploreTexts;
/** Says a text of Explore's later parts. */
export type SayExplore = (key: ExploreKey, values?: Values) => string;
export const useExploreText = (): SayExplore => usePairs<ExploreKey>(exploreTexts);
