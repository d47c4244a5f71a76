print("otassess")
