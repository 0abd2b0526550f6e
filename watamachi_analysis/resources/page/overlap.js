'use strict';
// Drawing never computes: every number, state and sentence was decided in Python and lies in the
// JSON block. This file looks values up, shows them, and keeps all views on the same choice.
(() => {
const data = JSON.parse(document.getElementById('data').textContent);
const root = document.documentElement, $ = (id) => document.getElementById(id);
const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
const { districts, issues, states, columns } = data;
// How each state looks comes with the data (states.csv); plain keeps a label readable on a pattern.
const INK = '#23211D', PAPER = '#FBF8F2', BORDER = '#B5AD9D';
const LOOK = Object.fromEntries(states.map(({ id, fill, ink, plain, pattern }) => [id, { fill: pattern ? `url(#p-${id})` : fill, ink, plain }]));
// ---- looking things up ---------------------------------------------------------------------------
const indexOf = new Map(districts.map((d, i) => [d.id, i]));
const issueOf = new Map(issues.map((issue) => [issue.id, issue]));
const COLUMN = Object.fromEntries(columns.map((name, k) => [name, k]));
const NUMBERS = columns.filter((name) => name !== 'state' && name !== 'sentence');
const cell = (i, issue = now.issue) => data.cells[issue][i];
const stateOf = (row) => states[row[COLUMN.state]];
const some = (...values) => values.some((value) => value !== null && value > 0);
// A missing number is never zero: it means no gathering (–) or too few people to show it (X).
const shown = (value, none) => (value !== null ? value.toLocaleString('ja-JP') : none ? '–' : 'X');
const [label, unit] = [1, 2].map((part) => (name) => /^(.*?)(?:（([^）]*)）)?$/.exec(data.column_labels[COLUMN[name]])[part] || '');
function spoken(i) {
  const row = cell(i), missing = stateOf(row).id === 'no_record' ? '記録なし' : '非表示';
  const number = (name) => `${label(name)} ${row[COLUMN[name]] === null ? missing : row[COLUMN[name]] + unit(name)}`;
  return [districts[i].name, stateOf(row).label, ...NUMBERS.map(number)].join('、');
}
// ---- making elements: strings only ever become text nodes or attributes, never markup ------------
const SVG_TAGS = new Set(['svg', 'g', 'path', 'rect', 'circle', 'text', 'title']);
function el(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG_TAGS.has(tag) ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml', tag);
  node.append(...children);
  return set(node, attributes);
}
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else node[value === null ? 'removeAttribute' : 'setAttribute'](name, value);
  }
  return node;
}
const button = (click, attributes, ...children) => el('button', { type: 'button', click, ...attributes }, ...children);
const list = (id, items) => $(id).replaceChildren(...items.map((item) => el('li', {}, item)));
// Every part is encoded, so a name with ":" or "#" in it can never become a scheme or a fragment.
const link = (path, text) => el('a', { href: path.split('/').map(encodeURIComponent).join('/') }, text);
const icon = (shape) => el('svg', { class: 'swatch', viewBox: '-9 -9 18 18', 'aria-hidden': 'true' }, shape);
const swatch = (state) => icon(el('rect', { x: -8.5, y: -8.5, width: 17, height: 17, rx: 3, fill: LOOK[state.id].fill, stroke: '#8A8375' }));
// ---- what is chosen; the address keeps it, so that a view can be sent to somebody ----------------
const now = { issue: issues[0].id, view: data.map ? 'map' : 'tile', district: null, need: '', act: '', layer: 'state' };
let figureView = now.view;             // the last of map, tile and scatter: what present mode and paper show
function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (issueOf.has(wanted.get('issue'))) now.issue = wanted.get('issue');
  if (tabs.some((tab) => viewOf(tab) === wanted.get('view'))) now.view = wanted.get('view');
  now.district = indexOf.get(wanted.get('district')) ?? null;
  now.layer = LAYERS.has(wanted.get('layer')) ? wanted.get('layer') : 'state';
  for (const id of ['need', 'act']) now[id] = limitValues(id).includes(wanted.get(id)) ? wanted.get(id) : '';
}
function choose(change) {
  show(Object.assign(now, change));
  const { issue, view, need, act, layer } = now, district = now.district === null ? {} : { district: districts[now.district].id };
  history.replaceState(null, '', '#' + new URLSearchParams({ issue, view, ...district, ...(limited() ? { need, act } : {}), ...(layer === 'state' ? {} : { layer }) }));
}
// ---- figures: map, tiles and scatter are the same thing, districts with a shape, a label and two marks -----
const figures = {}, ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const presenting = () => root.classList.contains('present');
const ring = (paths, item) => paths.forEach((path) => path.setAttribute('d', item ? item.shape.getAttribute('d') : ''));
function newFigure(parent) {
  const rings = ['chosen', 'focus'].map((kind) => ['halo', 'line'].map((part) => el('path', { class: `ring ${kind} ${part}` })));
  const figure = { items: [], labels: el('g', { 'pointer-events': 'none' }), chosen: rings[0], focus: rings[1] };
  parent.append(figure.labels, el('g', { 'pointer-events': 'none' }, ...rings.flat()));
  return figure;
}
/** Make `node` the button of district i; rings follow the outline of `shape`; `fill` paints it. */
function addItem(figure, i, node, shape, fill) {
  const item = { i, node, shape, fill, x: 0, y: 0, title: el('title'), text: el('text', { class: 'label' }),
    wish: el('circle', { r: 3.4, fill: 'none', 'stroke-width': 1.7 }), activity: el('rect', { x: -3.3, y: -3.3, width: 6.6, height: 6.6 }), met: el('path', { d: MET }) };
  figure.labels.append(item.text, item.marks = el('g', {}, item.wish, item.activity, item.met));
  set(node, { role: 'button',
    focus: () => ring(figure.focus, node.matches(':focus-visible') && item), blur: () => ring(figure.focus, null),
    keydown: (event) => {
      if (event.key === 'Enter' || event.key === ' ') choose({ district: i });
      else if (!ARROWS[event.key] || presenting()) return;
      else neighbour(figure, item, ARROWS[event.key])?.node.focus();
      event.preventDefault();
    } }).append(item.title);
  figure.items.push(item);
  return item;
}
const drawn = (figure) => figure.items.filter(({ node }) => node.getAttribute('display') !== 'none');
function neighbour(figure, from, [dx, dy]) {
  const ahead = ({ x, y }) => (x - from.x) * dx + (y - from.y) * dy, aside = ({ x, y }) => Math.abs((x - from.x) * dy + (y - from.y) * dx);
  return drawn(figure).filter((item) => ahead(item) > 1).sort((a, b) => ahead(a) + 2 * aside(a) - ahead(b) - 2 * aside(b))[0];
}
function paintFigure(figure) {
  figure.place?.();
  const here = drawn(figure), home = here.find((item) => item.i === now.district) || here[0];
  for (const item of figure.items) {
    const row = cell(item.i), state = stateOf(row), look = lookOf(item.i);
    item.fill(look.fill, state.id === 'no_record' ? BORDER : PAPER);
    set(item.text, { fill: look.ink, stroke: look.plain });
    // Wishes and activities are told by shape, not by colour.
    const wish = some(row[COLUMN.wishes]), activity = some(row[COLUMN.activities_said], row[COLUMN.activities_listed]);
    set(item.wish, { stroke: look.ink, cx: activity ? -6.5 : 0, display: wish ? null : 'none' });
    set(item.activity, { fill: look.ink, x: wish ? 3.2 : -3.3, display: activity ? null : 'none' });
    set(item.met, { fill: look.ink, transform: `translate(${wish && activity ? 16 : wish || activity ? 10 : 0})`, display: meets(item.i) ? null : 'none' });
    // One tab stop for the whole figure; from there the arrow keys go from district to district.
    set(item.node, { 'aria-label': spoken(item.i), 'aria-pressed': item.i === now.district, tabindex: item === home ? 0 : -1 });
    item.title.textContent = `${districts[item.i].name}　${state.label}`;
  }
  ring(figure.chosen, home?.i === now.district && home);
}
const STEP = 56, SIDE = 52, LEAST_PER_ROW = 12, WIDE = 1.6;      // many without a tile fill a wide sheet
function buildTiles() {
  const svg = $('tiles'), grid = svg.appendChild(el('g')), figure = figures.tile = newFigure(svg), areas = new Map();
  const loose = districts.filter((d) => d.row === null);     // a district without a tile goes below the others
  const below = Math.max(-1, ...districts.map((d) => d.row ?? -1)) + 1.4, perRow = Math.max(LEAST_PER_ROW, Math.ceil(Math.sqrt(WIDE * loose.length)));
  districts.forEach((d, i) => {
    const k = loose.indexOf(d), [col, row] = k < 0 ? [d.col, d.row] : [k % perRow, below + Math.floor(k / perRow)];
    const x = col * STEP, y = row * STEP, short = d.short.length > 5 ? d.short.slice(0, 4) + '…' : d.short;
    const shape = el('path', { d: `M${x + 5} ${y}h42q5 0 5 5v42q0 5-5 5h-42q-5 0-5-5v-42q0-5 5-5z` });
    const node = grid.appendChild(el('g', { class: 'tile', click: () => choose({ district: i }) }, shape));
    const item = addItem(figure, i, node, shape, (fill, stroke) => set(shape, { fill, stroke }));
    set(Object.assign(item, { x: x + SIDE / 2, y: y + SIDE / 2 }).text, { x: x + SIDE / 2, y: y + 29, class: `label long-${Math.min(4, short.length)}`,
      textLength: short.length > 3 ? SIDE - 4 : null, lengthAdjust: 'spacingAndGlyphs' }).textContent = short;
    item.marks.setAttribute('transform', `translate(${item.x} ${y + 42})`);
    if (d.area && k < 0) areas.set(d.area, [...(areas.get(d.area) || []), d]);
  });
  // A thin line round the tiles of one city: ward names such as 西 or 南 say little alone.
  for (const [name, members] of areas) {
    const inside = new Set(members.map((d) => `${d.col},${d.row}`)), gap = (STEP - SIDE) / 2;
    const edges = members.flatMap(({ col, row }) => Object.values(ARROWS).filter(([dx, dy]) => !inside.has(`${col + dx},${row + dy}`))
      .map(([dx, dy]) => `M${(col + (dx > 0)) * STEP - gap} ${(row + (dy > 0)) * STEP - gap}${dx ? 'v' : 'h'}${STEP}`));
    const first = members.reduce((a, b) => (b.row < a.row ? b : a)), width = name.length * 12.5 + 8;
    const middle = first.col * STEP + SIDE / 2, top = first.row * STEP - gap;
    figure.labels.append(el('path', { class: 'area-line', d: edges.join('') }),
      el('rect', { class: 'area-plate', x: middle - width / 2, y: top - 5, width, height: 16, rx: 4 }),
      el('text', { class: 'area-name', x: middle, y: top + 7.5 }, name));
  }
  const [right, bottom] = ['x', 'y'].map((axis) => Math.max(...figure.items.map((item) => item[axis])) + SIDE / 2);
  svg.setAttribute('viewBox', `-4 -4 ${right + 8} ${bottom + 8}`);
}
// ---- scatter: how often the need came up × how many activities, of published numbers only ---------
const PLOT = { left: 64, top: 20, width: 660, height: 380, dot: 6.5 };
const activities = (row) => { const counts = [row[COLUMN.activities_said], row[COLUMN.activities_listed]]; return counts.includes(null) ? null : counts[0] + counts[1]; };
function buildScatter() {
  const { left, top, width, height, dot } = PLOT, svg = $('scatter'), axes = svg.appendChild(el('g', { class: 'axes' }));
  const grid = svg.appendChild(el('g')), figure = figures.scatter = newFigure(svg);
  districts.forEach((d, i) => {
    const shape = el('path'), node = grid.appendChild(el('g', { class: 'tile', click: () => choose({ district: i }) }, shape));
    addItem(figure, i, node, shape, (fill) => set(shape, { fill, stroke: '#8A8375' })).marks.remove();
  });
  const text = (x, y, words, anchor = 'middle', more = {}) => el('text', { x, y, 'text-anchor': anchor, ...more }, words);
  figure.place = () => {
    const at = districts.map((d, i) => [cell(i)[COLUMN.need_gatherings] === null || !d.gatherings ? null : cell(i)[COLUMN.need_gatherings] / d.gatherings, activities(cell(i))]);
    const most = Math.max(4, ...at.map(([, y]) => y ?? 0)), step = Math.ceil(most / 5), ticks = [...Array(6).keys()].map((k) => k * step).filter((y) => y < most + step);
    const place = ([x, y]) => [left + x * width, top + height - y / ticks.at(-1) * height], stacks = new Map(), taken = [];
    axes.replaceChildren(...[0, .25, .5, .75, 1].flatMap((x) => [el('path', { d: `M${left + x * width} ${top}v${height}` }), text(left + x * width, top + height + 24, `${x * 100}%`)]),
      ...ticks.flatMap((y) => [el('path', { d: `M${left} ${place([0, y])[1]}h${width}` }), text(left - 10, place([0, y])[1] + 5, String(y), 'end')]),
      text(left + width / 2, top + height + 48, '困りごとが出た集まりの割合（集まりのうち）'), text(left - 44, top + height / 2, '活動（件）', 'middle', { transform: `rotate(-90 ${left - 44} ${top + height / 2})` }));
    for (const item of figure.items) {
      const known = at[item.i].every((value) => value !== null), key = at[item.i].join();
      for (const node of [item.node, item.text]) set(node, { display: known ? null : 'none' });
      if (!known) continue;
      const k = stacks.get(key) || 0, [x, y] = place(at[item.i]), name = districts[item.i].short, half = name.length * 6;
      stacks.set(key, k + 1);                              // districts at one place stand side by side
      Object.assign(item, { x: x + k % 6 * dot * (at[item.i][0] > .5 ? -2.1 : 2.1), y: y - Math.floor(k / 6) * dot * 2.1 });
      set(item.shape, { d: meets(item.i) ? `M${item.x - dot * 1.2} ${item.y + dot}h${dot * 2.4}l${-dot * 1.2} ${-dot * 2.2}z` : `M${item.x - dot} ${item.y}a${dot} ${dot} 0 1 0 ${2 * dot} 0a${dot} ${dot} 0 1 0 ${-2 * dot} 0z` });
      const rise = [0, 15, 30, 45].find((up) => !taken.some((other) => item.x - half < other[2] && item.x + half > other[0] && item.y - 24 - up < other[3] && item.y - 9 - up > other[1]));
      if (rise !== undefined) taken.push([item.x - half, item.y - 24 - rise, item.x + half, item.y - 9 - rise]);
      set(item.text, { x: item.x, y: item.y - 11 - (rise ?? 0), class: 'label point' }).textContent = rise === undefined ? '' : name;
    }
    if (!stacks.size) axes.append(text(left + width / 2, top + height / 2, '数で表せる地区が、まだありません'));
    $('scatter-note').textContent = `表せない地区 ${at.filter((two) => two.includes(null)).length}（集まりの記録がないか、人数が少ないため）`;
  };
}
// ---- layers: the same figures filled by one count, in steps that can be said --------------------------
const LAYERS = new Map([['state', '状態'], ['needs', '困りごとの声'], ['wishes', 'やってみたい'], ['activities', '活動'], ['measures', '計画の施策']]);
const STEPS = [[0, '0件', '#F3E6C4', INK], [1, '1～2件', '#9CC3DD', INK], [3, '3件以上', '#1F4E79', '#FFFFFF']].map(([from, words, fill, ink]) => ({ from, words, fill, ink, plain: fill }));
const countOf = (row) => (now.layer === 'activities' ? activities(row) : row[COLUMN[now.layer]]);
const stepOf = (i) => (countOf(cell(i)) === null ? null : STEPS.findLast((step) => countOf(cell(i)) >= step.from));
const lookOf = (i) => (now.layer === 'state' ? LOOK[stateOf(cell(i)).id] : stepOf(i) || LOOK[stateOf(cell(i)).id === 'no_record' ? 'no_record' : 'hidden']);
function layerLegend() {
  const entry = (look, name, number) => el('li', {}, icon(el('rect', { x: -8.5, y: -8.5, width: 17, height: 17, rx: 3, fill: look.fill, stroke: '#8A8375' })), el('b', {}, name), el('span', { class: 'count' }, String(number), el('small', {}, '地区')));
  const among = (test) => districts.filter((d, i) => test(i)).length, unknown = (id) => states.find((state) => state.id === id);
  return [...STEPS.map((step) => entry(step, step.words, among((i) => stepOf(i) === step))), ...['no_record', 'hidden'].map((id) => entry(LOOK[id], unknown(id).label, among((i) => !stepOf(i) && lookOf(i) === LOOK[id])))];
}
// ---- two limits that the viewer moves: needs at least, activities at most -------------------------
const MET = 'M-4.5 3.6h9l-4.5-8.4z', LIMITS = { need: [1, 2, 3, 4, 5], act: [0, 1, 2, 3, 5] };
const limitValues = (id) => LIMITS[id].map(String), limited = () => now.need !== '' && now.act !== '';
function meets(i) {
  const row = cell(i), need = row[COLUMN.need_gatherings], act = activities(row);
  return limited() && need !== null && act !== null && need >= Number(now.need) && act <= Number(now.act);
}
function buildLimits() {
  $('layer').append(...[...LAYERS].map(([value, words]) => el('option', { value }, words)));
  set($('layer'), { change: (event) => choose({ layer: event.target.value }) });
  for (const id of ['need', 'act']) {
    $('limit-' + id).append(el('option', { value: '' }, '―'), ...limitValues(id).map((value) => el('option', { value }, value)));
    set($('limit-' + id), { change: (event) => choose({ [id]: event.target.value }) });
  }
}
function showLimits() {
  const found = districts.map((d, i) => i).filter(meets);
  for (const id of ['need', 'act']) $('limit-' + id).value = now[id];
  $('layer').value = now.layer;
  $('limit-found').replaceChildren(...(limited() ? [`${found.length}地区（▲）`, ...found.map((i) => button(() => choose({ district: i }), {}, districts[i].short))] : []));
}
let fitMap = () => {};
function buildMap() {
  const map = window[data.map.map], layer = window[data.map.layer], box = map.getContainer();
  map.options.zoomSnap = 0;                                // fills its box exactly, on any screen and on paper
  [map.scrollWheelZoom, map.doubleClickZoom, map.keyboard].forEach((handler) => handler.disable());
  for (const [way, text] of [['in', '拡大'], ['out', '縮小']]) each('.leaflet-control-zoom-' + way, (node) => set(node, { title: text, 'aria-label': text }));
  map.fitBounds(layer.getBounds(), { animate: false });
  const shapes = layer.getLayers().filter((shape) => indexOf.has(shape.feature.properties.id));
  if (!shapes.length) return;                              // boundaries of somewhere else
  const group = shapes[0].getElement().parentNode, edge = el('path', { class: 'prefecture' });
  group.prepend(edge);                                     // under the fills: only its outer half is seen
  const figure = figures.map = newFigure(group);
  for (const shape of shapes) {
    const { id, label: at } = shape.feature.properties, i = indexOf.get(id), node = shape.getElement();
    const fill = (fillColor, color) => shape.setStyle({ fillColor, color, fillOpacity: data.map.online ? .7 : 1, opacity: 1, weight: .75 });
    addItem(figure, i, node, node, fill).at = at ? L.latLng(at) : shape.getCenter();
    shape.on('click', () => choose({ district: i }));      // Leaflet's click: not fired at the end of a drag
  }
  const area = ({ shape }) => shape.getBBox().width * shape.getBBox().height;
  const inside = (shape, x, y) => shape.isPointInFill(Object.assign($('tiles').createSVGPoint(), { x, y }));
  let home = 0;                                            // the zoom that shows everything
  // A label is written where it lies inside its own district and touches no other label; large ones first.
  const placeLabels = () => {
    if (!box.clientWidth) return;                          // its tab is closed: fitted when it opens
    const size = root.classList.contains('printing') ? 14 : Math.min(20, Math.max(11, box.clientWidth / 58)), taken = [];
    for (const item of [...figure.items].sort((a, b) => area(b) - area(a))) {
      const name = map.getZoom() > home + .9 ? districts[item.i].name : districts[item.i].short;
      const { x, y } = map.latLngToLayerPoint(item.at), half = name.length * size / 2;
      const [left, top, right, bottom] = [x - half, y - size * .6, x + half, y + size];
      const fits = [-.85, .85].every((side) => inside(item.shape, x + side * half, y))
        && !taken.some((other) => left < other[2] && right > other[0] && top < other[3] && bottom > other[1]);
      if (fits) taken.push([left, top, right, bottom]);
      set(Object.assign(item, { x, y }).text, { x, y: y + size * .2, 'font-size': size }).textContent = fits ? name : '';
      item.marks.setAttribute('transform', `translate(${x} ${fits ? y + size * .75 : y}) scale(${size / 16})`);
    }
    edge.setAttribute('d', figure.items.map((item) => item.shape.getAttribute('d')).join(''));
    ring(figure.chosen, figure.items.find((item) => item.i === now.district));
  };
  fitMap = () => {
    if (!box.clientWidth) return;                          // its tab is closed: fitted when it opens
    map.setMinZoom(0).invalidateSize({ animate: false, pan: false });
    map.fitBounds(layer.getBounds(), { padding: [6, 6], animate: false });
    map.setMinZoom(home = map.getZoom());
    placeLabels();
  };
  // One finger scrolls the page until somebody zooms in; from then on it moves the map.
  map.on('zoomend moveend', () => { map.dragging[map.getZoom() > home + .05 ? 'enable' : 'disable'](); placeLabels(); });
  new ResizeObserver(() => fitMap()).observe(box);
}
// ---- issues, legend, table, panel -----------------------------------------------------------------
function buildPicker() {
  const radio = (issue) => el('label', { class: issue.members ? 'issue union' : 'issue' }, el('input', { type: 'radio', name: 'issue', value: issue.id }),
    el('span', {}, issue.members ? 'まとめて見る' : issue.label), miniBar(issue.counts));
  for (const group of new Set(issues.map((issue) => issue.group))) {
    const members = issues.filter((issue) => issue.group === group), options = members.map((issue) => el('option', { value: issue.id }, issue.label));
    $('issue-select').append(...(group ? [el('optgroup', { label: group }, ...options)] : options));
    $('issues').append(el('fieldset', {}, el('legend', { class: group ? null : 'unseen' }, group || '全体'), ...members.map(radio)));
  }
  for (const id of ['issues', 'issue-select']) set($(id), { change: (event) => choose({ issue: event.target.value }) });
}
function miniBar(counts) {
  let x = 0;
  const bars = states.map((state, k) => el('rect', { x: (x += counts[k]) - counts[k], width: counts[k], height: 8, fill: LOOK[state.id].plain }));
  return el('svg', { class: 'mini', viewBox: `0 0 ${x || 1} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...bars);
}
function showLegend() {
  const words = (text) => el('span', { class: 'words' }, text), counts = issueOf.get(now.issue).counts;
  $('legend').replaceChildren(...(now.layer !== 'state' ? layerLegend() : states.map((state, k) => el('li', {}, swatch(state), el('b', {}, state.label),
    el('span', { class: 'count' }, String(counts[k]), el('small', {}, '地区')), words(state.words)))),
  el('li', { class: 'mark' }, icon(el('circle', { r: 4.6, fill: 'none', stroke: INK, 'stroke-width': 2.2 })), words('やってみたいの声'),
    icon(el('rect', { x: -4.5, y: -4.5, width: 9, height: 9, fill: INK })), words('活動（声・一覧）')));
}
let order = { column: null, down: false };
function buildTable() {
  const labels = [['name', '地区'], ...columns.map((name, k) => [name, data.column_labels[k] ?? 'ひとこと'])];
  const number = (column) => NUMBERS.includes(column);     // numbers start with the largest
  const sort = (column) => { order = { column, down: order.column === column ? !order.down : number(column) }; showTable(); };
  $('table-head').append(...labels.map(([column, text]) => el('th', { scope: 'col', 'data-column': column, class: number(column) ? 'number' : column },
    column === 'sentence' ? text : button(() => sort(column), {}, text))));
}
function showTable() {
  const value = (i) => (order.column === 'name' ? districts[i].kana : cell(i)[COLUMN[order.column]]);
  const rows = districts.map((d, i) => i);
  const compare = (x, y) => (x === null || y === null ? (x === null) - (y === null)   // X and – stay last, either way
    : (typeof x === 'string' ? x.localeCompare(y, 'ja') : x - y) * (order.down ? -1 : 1));
  if (order.column) rows.sort((a, b) => compare(value(a), value(b)));
  each('#table-head th', (th) => set(th, { 'aria-sort': th.dataset.column !== order.column ? 'none' : order.down ? 'descending' : 'ascending' }));
  $('table-caption').textContent = `${issueOf.get(now.issue).label}　地区ごとの表`;
  const names = districts.filter((d, i) => stateOf(cell(i)).id === 'no_record').map((d) => d.name);
  $('print-silent').textContent = names.length ? `集まりの記録がない${names.length}地区（活動と施策の数は画面の表と一覧表に）: ${names.join('、')}` : '';   // on paper a line, not a row each
  const focused = document.activeElement.dataset.row;      // rows are made anew: the keyboard stays where it was
  $('table-body').replaceChildren(...rows.map((i) => {
    const row = cell(i), state = stateOf(row), chosen = i === now.district;
    return el('tr', { class: chosen ? `chosen ${state.id}` : state.id, click: () => choose({ district: i }) },
      el('th', { scope: 'row' }, button(() => {}, { 'aria-pressed': chosen, 'data-row': i }, districts[i].name)),
      el('td', { class: 'state' }, swatch(state), state.label),
      ...NUMBERS.map((name) => el('td', { class: 'number' }, shown(row[COLUMN[name]], state.id === 'no_record'))),
      el('td', { class: 'sentence' }, data.sentences[row[COLUMN.sentence]]));
  }));
  if (focused) document.querySelector(`[data-row="${focused}"]`).focus({ preventScroll: true });
}
function showDistrict(i = now.district) {
  const d = districts[i], row = cell(i), state = stateOf(row), voices = (issue) => cell(i, issue.id)[COLUMN.needs];
  const fact = (text, value, of, none) => el('div', {}, el('dt', {}, text), el('dd', {}, shown(value, none), el('small', {}, value === null ? '' : of)));
  const known = [['集まり', d.gatherings, '回'], ['参加者', d.participants, '人'], ['発言', d.statements, '件']];
  const strongest = issues.filter((issue) => issue.group && !issue.members && some(voices(issue))).sort((a, b) => voices(b) - voices(a)).slice(0, 5);
  $('panel').replaceChildren(button(() => choose({ district: null }), { class: 'plain close' }, '選択をやめる'), el('h2', {}, d.name),
    el('p', { class: 'state-line' }, swatch(state), el('b', {}, state.label), el('span', {}, issueOf.get(now.issue).label)),
    el('p', { class: 'sentence' }, data.sentences[row[COLUMN.sentence]]),
    el('dl', {}, ...NUMBERS.map((name) => fact(label(name), row[COLUMN[name]], unit(name), state.id === 'no_record'))),
    row.includes(null) ? el('p', { class: 'quiet' }, $('table-note').textContent) : '',
    ...Object.entries(data.told[now.issue]?.[d.id] || {}).flatMap(([head, lines]) => [el('h3', {}, head), el('ul', { class: 'told' }, ...lines.map((line) => el('li', {}, line)))]),
    el('h3', {}, 'この地区の記録'), el('dl', {}, ...known.map((three) => fact(...three, !d.gatherings))),
    ...(strongest.length ? [el('h3', {}, '困りごとの声が多い課題'), el('ul', { class: 'strongest' }, ...strongest.map((issue) =>
      el('li', {}, button(() => choose({ issue: issue.id }), {}, swatch(stateOf(cell(i, issue.id))), el('span', {}, issue.label),
        el('span', { class: 'count' }, String(voices(issue)), el('small', {}, '件'))))))] : []),
    d.page ? el('p', { class: 'more' }, link(d.page, `${d.name}の頁をひらく`)) : '');
}
function showOverview() {                                  // by name, in the order of the data: no ranking
  const groups = ['gap', 'overlap', 'resource', 'no_voice', 'too_little', 'hidden'].map((id) =>
    [states.find((state) => state.id === id), districts.map((d, i) => i).filter((i) => stateOf(cell(i)).id === id)]);
  $('panel').replaceChildren(el('h2', {}, 'どの地区ですか'), el('p', { class: 'quiet' }, '地区をえらぶと、声と活動のようすがここに出ます。'),
    ...groups.filter(([, members]) => members.length).flatMap(([state, members]) => [el('h3', { class: 'state-line' }, swatch(state), state.label),
      el('p', { class: 'names' }, ...members.map((i) => button(() => choose({ district: i }), {}, districts[i].short)))]));
}
// ---- search, tabs, present mode, paper ------------------------------------------------------------
// People type ところざわ, トコロザワ or 所沢: hiragana becomes katakana before comparing.
const plain = (text) => text.normalize('NFKC').replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 96)).trim();
function search() {
  const wanted = plain($('search').value);
  const matches = (d) => wanted && plain(`${d.name} ${d.kana}`).includes(wanted);
  const hits = districts.map((d, i) => i).filter((i) => matches(districts[i])).slice(0, 8);
  const pick = (i) => { $('search').value = ''; search(); choose({ district: i }); };
  $('found').hidden = !wanted; $('found-count').textContent = wanted ? `${hits.length}地区が見つかりました` : '';
  list('found', hits.length ? hits.map((i) => button(() => pick(i), {}, districts[i].name)) : ['見つかりません']);
  return () => hits.length && pick(hits[0]);
}
const tabs = [...document.querySelectorAll('[role=tab]')], viewOf = (tab) => tab.id.slice(4);
tabs.forEach((tab, k) => set(tab, { click: () => choose({ view: viewOf(tab) }), keydown: (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], next = tabs[(k + step + tabs.length) % tabs.length];
  if (step) { choose({ view: viewOf(next) }); next.focus(); }
} }));
function present(on) {
  root.classList.toggle('present', on);
  // A table cannot be read from the back row. Where full screen is refused, the page still fills the window.
  if (on) { choose({ view: figureView }); root.requestFullscreen?.().catch(() => {}); }
  else if (document.fullscreenElement) document.exitFullscreen();
  $(on ? 'leave' : 'present').focus({ focusVisible: false });
}
document.addEventListener('keydown', (event) => {          // clickers send PageUp and PageDown
  const way = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key], count = issues.length;
  if (presenting() && event.key === 'Escape') present(false);
  if (!presenting() || !way) return;
  choose({ issue: issues[(issues.indexOf(issueOf.get(now.issue)) + way + count) % count].id });
  event.preventDefault();
});
document.addEventListener('fullscreenchange', () => document.fullscreenElement || !presenting() || present(false));
// Leaflet measures the screen, not the sheet: the map gets its paper size before the browser prints.
const printing = (event) => { root.classList.toggle('printing', event.type === 'beforeprint'); fitMap(); };
for (const type of ['beforeprint', 'afterprint']) addEventListener(type, printing);
// ---- everything on the page ------------------------------------------------------------------------
function show() {
  const issue = issueOf.get(now.issue);
  if (now.view !== 'table') figureView = now.view;
  each('input[name=issue]', (input) => { input.checked = input.value === now.issue; });
  $('issue-select').value = now.issue;
  for (const [id, key] of [['issue-title', 'label'], ['definition', 'definition'], ['finding', 'finding'], ['rest', 'rest']]) $(id).textContent = issue[key];
  for (const tab of tabs) set(tab, { 'aria-selected': viewOf(tab) === now.view, tabindex: viewOf(tab) === now.view ? 0 : -1 });
  each('[role=tabpanel]', (panel) => { panel.hidden = panel.id !== 'panel-' + now.view; });
  set(root, { 'data-view': now.view, 'data-figure': figureView, 'data-chosen': now.district === null ? null : '' });
  if (figures[figureView]) paintFigure(figures[figureView]);   // the others when they are opened
  for (const part of [showLimits, showLegend, showTable, now.district === null ? showOverview : showDistrict]) part();
}
function showSurvey() {
  const s = data.survey, head = [s.name, s.period, `${s.gatherings}回の集まり${s.participants === null ? '' : `・${s.participants}人の声`}`, s.audience_label].filter(Boolean);
  $('about').append(...head.map((text) => el('span', {}, text)));
  each('.sample', (node) => { node.hidden = !s.sample; });
  const line = [s.sample ? '見本（架空データ）' : '', 'わたまち地図', ...head, s.built].join('　').trim();
  for (const [selector, text] of [['.print-head', line], ['.caution', data.caution], ['#made', `作成日 ${s.built}　版 ${s.version}`],
    ['#print-credits', [...data.credits, '出典と作り方は最後のページにあります。'].join('　')]]) each(selector, (node) => { node.textContent = text; });
  for (const id of ['notes', 'sources', 'credits']) list(id, data[id]);
  list('files', data.files.map((file) => link(file.href, file.label)));
}
for (const build of [showSurvey, buildPicker, buildLimits, buildTable, buildTiles, buildScatter, ...(data.map ? [buildMap] : [])]) build();
set($('search'), { input: search, search, keydown: (event) => { if (event.key === 'Enter') search()(); } });
for (const id of ['present', 'leave']) set($(id), { click: () => present(id === 'present') });
set($('skip'), { click: (event) => { event.preventDefault(); choose({ view: 'table' }); $('panel-table').focus(); } });
addEventListener('hashchange', () => { readAddress(); show(); });
readAddress(); show(); fitMap();
root.dataset.ready = '1';
})();
