using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Convonet.Server.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Heard : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Heard",
                table: "turns",
                type: "integer",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Heard",
                table: "turns");
        }
    }
}
