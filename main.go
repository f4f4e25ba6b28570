package manifold

import (
	"manifold/fn"
	"manifold/internal/cli"
)

// Main is the whole program: it runs the command of os.Args, serve or check or plan or any other, and ends the process with its
// exit code. A connector may call functions by their names; nil are none. See package manifold/fn.
//
//	func main() {
//		var functions fn.Set
//		fn.Register(&functions, "pricing.Discount", Discount)
//		manifold.Main(&functions)
//	}
func Main(functions *fn.Set) {
	cli.Main(cli.Program{Functions: functions.Functions(), Demo: cli.Demo{
		Gateway: DemoGateway, Config: DemoConfig, Files: DemoFiles(),
	}})
}
