// The part of ECharts that Goodfor's charts need.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { DatasetComponent, GridComponent, LegendPlainComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, BarChart, PieChart, GridComponent, TooltipComponent, LegendPlainComponent, DatasetComponent, LabelLayout, CanvasRenderer]);
export { init } from "echarts/core";
