// Read a picture with silenceper/wechat: silenceper comm|driving URL
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/util"
)

func main() {
	// For the whole process: OCR, and the tokens for it, are asked for here.
	util.SetURIModifier(func(uri string) string {
		for _, path := range []string{"/cv/ocr/", "/cgi-bin/token"} {
			uri = strings.Replace(uri, "https://api.weixin.qq.com"+path, os.Getenv("SHIZI_URL")+path, 1)
		}
		return uri
	})
	ocr := wechat.NewWechat().GetOfficialAccount(&config.Config{
		AppID:     os.Getenv("SHIZI_APPID"),
		AppSecret: os.Getenv("SHIZI_SECRET"),
		Cache:     cache.NewMemory(),
	}).GetOCR()
	if os.Args[1] == "driving" {
		licence, err := ocr.Driving(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(licence.PlateNumber, licence.VehicleType, licence.Owner, licence.Vin)
		return
	}
	page, err := ocr.Common(os.Args[2]) // an address: it does not send files
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range page.Items {
		fmt.Println(item.Text)
	}
}
