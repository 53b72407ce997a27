/**
 * The assignment of rows to columns with the least total cost: `result[row]` is the column, -1 for the rows that are
 * left over when there are more rows than columns. `costs` is row-major, `rows` x `columns`, every cost finite.
 * Shortest augmenting paths (Jonker and Volgenant 1987): at most rows x rows x columns steps.
 */
export function assignLeastCost(costs: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns) return invert(assignLeastCost(transpose(costs, rows, columns), columns, rows), rows);
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(-1);
  const columnOf = new Int32Array(rows).fill(-1);
  const distance = new Float64Array(columns);
  const from = new Int32Array(columns);
  const isDone = new Uint8Array(columns);
  for (let start = 0; start < rows; start++) {
    distance.fill(Number.POSITIVE_INFINITY);
    isDone.fill(0);
    let row = start;
    let reached = 0;
    let end = -1;
    while (end === -1) {
      let next = -1;
      for (let column = 0; column < columns; column++) {
        if (isDone[column] === 1) continue;
        const via =
          reached +
          (costs[row * columns + column] as number) -
          (rowPrice[row] as number) -
          (columnPrice[column] as number);
        if (via < (distance[column] as number)) {
          distance[column] = via;
          from[column] = row;
        }
        if (next === -1 || (distance[column] as number) < (distance[next] as number)) next = column;
      }
      reached = distance[next] as number;
      isDone[next] = 1;
      if (rowOf[next] === -1) end = next;
      else row = rowOf[next] as number;
    }
    for (let column = 0; column < columns; column++) {
      if (isDone[column] === 0) continue;
      const slack = reached - (distance[column] as number);
      const owner = rowOf[column] as number;
      if (owner !== -1) rowPrice[owner] = (rowPrice[owner] as number) + slack;
      columnPrice[column] = (columnPrice[column] as number) - slack;
    }
    rowPrice[start] = (rowPrice[start] as number) + reached;
    for (let column = end; column !== -1; ) {
      const owner = from[column] as number;
      const freed = columnOf[owner] as number;
      rowOf[column] = owner;
      columnOf[owner] = column;
      column = owner === start ? -1 : freed;
    }
  }
  return columnOf;
}

function transpose(costs: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(costs.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = costs[row * columns + column] as number;
  return turned;
}

function invert(rowOf: Int32Array, rows: number): Int32Array {
  const columnOf = new Int32Array(rows).fill(-1);
  for (const [column, row] of rowOf.entries()) if (row !== -1) columnOf[row] = column;
  return columnOf;
}
