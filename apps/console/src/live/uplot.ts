// Loaded when there is a chart to draw.
import 'uplot/dist/uPlot.min.css'
import UPlot from 'uplot'

export default UPlot
